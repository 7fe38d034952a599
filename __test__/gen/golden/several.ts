export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  api: {
    Tables: {
      posts: {
        Row: {
          author: number | null
          id: number
          mood: Database["api"]["Enums"]["mood"] | null
        }
        Insert: {
          author?: number | null
          id: number
          mood?: Database["api"]["Enums"]["mood"] | null
        }
        Update: {
          author?: number | null
          id?: number
          mood?: Database["api"]["Enums"]["mood"] | null
        }
        Relationships: [
          {
            foreignKeyName: "posts_author_fkey"
            columns: ["author"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      users: {
        Row: {
          home: Database["api"]["CompositeTypes"]["address"] | null
          id: number
          original: Database["public"]["Tables"]["users"]["Row"] | null
          owner: number | null
          posts_of: {
            author: number | null
            id: number
            mood: Database["api"]["Enums"]["mood"] | null
          } | null
        }
        Insert: {
          home?: Database["api"]["CompositeTypes"]["address"] | null
          id: number
          original?: Database["public"]["Tables"]["users"]["Row"] | null
          owner?: number | null
        }
        Update: {
          home?: Database["api"]["CompositeTypes"]["address"] | null
          id?: number
          original?: Database["public"]["Tables"]["users"]["Row"] | null
          owner?: number | null
        }
        Relationships: []
      }
    }
    Views: {
      posts_again: {
        Row: {
          author: number | null
          id: number | null
        }
        Insert: {
          author?: number | null
          id?: number | null
        }
        Update: {
          author?: number | null
          id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "posts_author_fkey"
            columns: ["author"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Functions: {
      moods: {
        Args: {
          m: Database["public"]["Enums"]["mood"]
          n: Database["api"]["Enums"]["mood"]
          p: "private one"
        }
        Returns: Database["api"]["CompositeTypes"]["address"]
        SetofOptions: {
          from: "*"
          to: "address"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      name_of: {
        Args: { "": Database["public"]["Tables"]["users"]["Row"] }
        Returns: {
          error: true
        } & "the function api.name_of with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      posts_of: {
        Args: { "": Database["api"]["Tables"]["users"]["Row"] }
        Returns: {
          author: number | null
          id: number
          mood: Database["api"]["Enums"]["mood"] | null
        }[]
        SetofOptions: {
          from: "api.users"
          to: "posts"
          isOneToOne: false
          isSetofReturn: true
        }
      }
    }
    Enums: {
      mood: "api one" | "api two"
    }
    CompositeTypes: {
      address: {
        street: string | null
        mood: Database["api"]["Enums"]["mood"] | null
      }
    }
  }
  "Odd Schema": {
    Tables: {
      "Odd Table": {
        Row: {
          id: number
          parent: number | null
        }
        Insert: {
          id: number
          parent?: number | null
        }
        Update: {
          id?: number
          parent?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "Odd Table_parent_fkey"
            columns: null
            isOneToOne: false
            referencedRelation: "Odd Table"
            referencedColumns: null
          },
        ]
      }
    }
    Views: {
      odd_view: {
        Row: {
          id: number | null
          parent: number | null
        }
        Insert: {
          id?: number | null
          parent?: number | null
        }
        Update: {
          id?: number | null
          parent?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "Odd Table_parent_fkey"
            columns: ["parent"]
            isOneToOne: false
            referencedRelation: "Odd Table"
            referencedColumns: null
          },
        ]
      }
    }
    Functions: {
      [_ in never]: never
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
  public: {
    Tables: {
      users: {
        Row: {
          hidden: "private one" | null
          id: number
          level: "low" | "high" | null
          mood: Database["public"]["Enums"]["mood"] | null
          other: Database["api"]["Enums"]["mood"] | null
        }
        Insert: {
          hidden?: "private one" | null
          id: number
          level?: "low" | "high" | null
          mood?: Database["public"]["Enums"]["mood"] | null
          other?: Database["api"]["Enums"]["mood"] | null
        }
        Update: {
          hidden?: "private one" | null
          id?: number
          level?: "low" | "high" | null
          mood?: Database["public"]["Enums"]["mood"] | null
          other?: Database["api"]["Enums"]["mood"] | null
        }
        Relationships: []
      }
      uses_private: {
        Row: {
          account: unknown
          person: Database["api"]["Tables"]["users"]["Row"] | null
        }
        Insert: {
          account?: unknown
          person?: Database["api"]["Tables"]["users"]["Row"] | null
        }
        Update: {
          account?: unknown
          person?: Database["api"]["Tables"]["users"]["Row"] | null
        }
        Relationships: []
      }
    }
    Views: {
      posts: {
        Row: {
          author: number | null
          id: number | null
          mood: Database["api"]["Enums"]["mood"] | null
        }
        Insert: {
          author?: number | null
          id?: number | null
          mood?: Database["api"]["Enums"]["mood"] | null
        }
        Update: {
          author?: number | null
          id?: number | null
          mood?: Database["api"]["Enums"]["mood"] | null
        }
        Relationships: []
      }
    }
    Functions: {
      api_user: {
        Args: Record<PropertyKey, never>
        Returns: Database["api"]["Tables"]["users"]["Row"]
        SetofOptions: {
          from: "*"
          to: "users"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      private_account: {
        Args: Record<PropertyKey, never>
        Returns: unknown[]
        SetofOptions: {
          from: "*"
          to: "accounts"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      private_user: {
        Args: Record<PropertyKey, never>
        Returns: Database["api"]["Tables"]["users"]["Row"][]
        SetofOptions: {
          from: "*"
          to: "users"
          isOneToOne: false
          isSetofReturn: true
        }
      }
    }
    Enums: {
      mood: "public one"
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
  api: {
    Enums: {
      mood: ["api one", "api two"],
    },
  },
  "Odd Schema": {
    Enums: {},
  },
  public: {
    Enums: {
      mood: ["public one"],
    },
  },
} as const
