export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      citext: {
        Row: {
          id: number | null
        }
        Insert: {
          id?: number | null
        }
        Update: {
          id?: number | null
        }
        Relationships: []
      }
      messages: {
        Row: {
          body: string | null
          channel: number | null
          id: number
          user_id: number | null
          active_author: {
            id: number | null
            name: string | null
            status: string | null
          } | null
          author: {
            id: number
            name: string
            status: string | null
          } | null
          overloaded_field: string | null
        }
        Insert: {
          body?: string | null
          channel?: number | null
          id: number
          user_id?: number | null
        }
        Update: {
          body?: string | null
          channel?: number | null
          id?: number
          user_id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "messages_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "active_users"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "messages_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      users: {
        Row: {
          id: number
          name: string
          status: string | null
          any_record: Record<string, unknown> | null
          extra: Json | null
          full_name: string | null
          initials: string | null
          is_new: boolean | null
          last_message: {
            body: string | null
            channel: number | null
            id: number
            user_id: number | null
          } | null
          messages_of: {
            body: string | null
            channel: number | null
            id: number
            user_id: number | null
          } | null
          named_row: {
            body: string | null
            channel: number | null
            id: number
            user_id: number | null
          } | null
          nothing: undefined | null
          only_message: {
            body: string | null
            channel: number | null
            id: number
            user_id: number | null
          } | null
          other_accounts: unknown
          overloaded_field: string | null
          setof_texts: string | null
          table_field: {
            a: number
            b: string
          } | null
          tags: string[] | null
        }
        Insert: {
          id: number
          name: string
          status?: string | null
        }
        Update: {
          id?: number
          name?: string
          status?: string | null
        }
        Relationships: []
      }
    }
    Views: {
      active_users: {
        Row: {
          id: number | null
          name: string | null
          status: string | null
          messages_of_view: {
            body: string | null
            channel: number | null
            id: number
            user_id: number | null
          } | null
          view_field: string | null
        }
        Insert: {
          id?: number | null
          name?: string | null
          status?: string | null
        }
        Update: {
          id?: number | null
          name?: string | null
          status?: string | null
        }
        Relationships: []
      }
      message_cache: {
        Row: {
          body: string | null
          channel: number | null
          id: number | null
          user_id: number | null
          cache_field: number | null
        }
        Relationships: [
          {
            foreignKeyName: "messages_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "active_users"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "messages_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Functions: {
      active_author: {
        Args: { "": Database["public"]["Tables"]["messages"]["Row"] }
        Returns: {
          id: number | null
          name: string | null
          status: string | null
        }
        SetofOptions: {
          from: "messages"
          to: "active_users"
          isOneToOne: true
          isSetofReturn: true
        }
      }
      any_record: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          error: true
        } & "the function public.any_record with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      author: {
        Args: { "": Database["public"]["Tables"]["messages"]["Row"] }
        Returns: {
          id: number
          name: string
          status: string | null
        }
        SetofOptions: {
          from: "messages"
          to: "users"
          isOneToOne: true
          isSetofReturn: true
        }
      }
      cache_field: {
        Args: { "": Database["public"]["Views"]["message_cache"]["Row"] }
        Returns: {
          error: true
        } & "the function public.cache_field with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      extra: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          error: true
        } & "the function public.extra with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      full_name: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          error: true
        } & "the function public.full_name with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      initials: {
        Args: { u: Database["public"]["Tables"]["users"]["Row"] }
        Returns: string
      }
      is_new: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          error: true
        } & "the function public.is_new with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      last_message: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          body: string | null
          channel: number | null
          id: number
          user_id: number | null
        }
        SetofOptions: {
          from: "users"
          to: "messages"
          isOneToOne: true
          isSetofReturn: true
        }
      }
      messages_of: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          body: string | null
          channel: number | null
          id: number
          user_id: number | null
        }[]
        SetofOptions: {
          from: "users"
          to: "messages"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      messages_of_view: {
        Args: { "": Database["public"]["Views"]["active_users"]["Row"] }
        Returns: {
          body: string | null
          channel: number | null
          id: number
          user_id: number | null
        }[]
        SetofOptions: {
          from: "active_users"
          to: "messages"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      named_row: {
        Args: { user_row: Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          body: string | null
          channel: number | null
          id: number
          user_id: number | null
        }[]
        SetofOptions: {
          from: "users"
          to: "messages"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      nothing: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          error: true
        } & "the function public.nothing with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      of_other: {
        Args: { "": unknown }
        Returns: {
          error: true
        } & "the function public.of_other with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      only_message: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          body: string | null
          channel: number | null
          id: number
          user_id: number | null
        }
        SetofOptions: {
          from: "users"
          to: "messages"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      other_accounts: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: unknown[]
        SetofOptions: {
          from: "users"
          to: "accounts"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      overloaded_field:
        | { Args: { id: number }; Returns: string }
        | {
            Args: { "": Database["public"]["Tables"]["messages"]["Row"] }
            Returns: {
              error: true
            } & "the function public.overloaded_field with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
          }
        | {
            Args: { "": Database["public"]["Tables"]["users"]["Row"] }
            Returns: {
              error: true
            } & "the function public.overloaded_field with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
          }
      row_and_more: {
        Args: {
          n: number
          user_row: Database["public"]["Tables"]["users"]["Row"]
        }
        Returns: {
          body: string | null
          channel: number | null
          id: number
          user_id: number | null
        }[]
        SetofOptions: {
          from: "*"
          to: "messages"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      setof_texts: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          error: true
        } & "the function public.setof_texts with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"[]
      }
      table_field: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          error: true
        } & "the function public.table_field with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"[]
      }
      tags: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          error: true
        } & "the function public.tags with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      takes_text: { Args: { "": string }; Returns: string }
      view_field: {
        Args: { "": Database["public"]["Views"]["active_users"]["Row"] }
        Returns: {
          error: true
        } & "the function public.view_field with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {},
  },
} as const
