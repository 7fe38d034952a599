export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  other: {
    Tables: {
      things: {
        Row: {
          id: number
        }
        Insert: {
          id: number
        }
        Update: {
          id?: number
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
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
      a_table_with_quite_a_long_name: {
        Row: {
          a_column_with_quite_a_long_name: number
          another_column_with_quite_a_long_name: number
        }
        Insert: {
          a_column_with_quite_a_long_name: number
          another_column_with_quite_a_long_name: number
        }
        Update: {
          a_column_with_quite_a_long_name?: number
          another_column_with_quite_a_long_name?: number
        }
        Relationships: []
      }
      badges: {
        Row: {
          id: number
          user_id: number | null
        }
        Insert: {
          id: number
          user_id?: number | null
        }
        Update: {
          id?: number
          user_id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "badges_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      event_notes: {
        Row: {
          at: string | null
          event: number | null
        }
        Insert: {
          at?: string | null
          event?: number | null
        }
        Update: {
          at?: string | null
          event?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "event_notes_event_at_fkey"
            columns: ["event", "at"]
            isOneToOne: false
            referencedRelation: "events"
            referencedColumns: ["id", "at"]
          },
        ]
      }
      events: {
        Row: {
          at: string
          id: number
          user_id: number | null
        }
        Insert: {
          at: string
          id: number
          user_id?: number | null
        }
        Update: {
          at?: string
          id?: number
          user_id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "events_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      events_2026: {
        Row: {
          at: string
          id: number
          user_id: number | null
        }
        Insert: {
          at: string
          id: number
          user_id?: number | null
        }
        Update: {
          at?: string
          id?: number
          user_id?: number | null
        }
        Relationships: []
      }
      hooks: {
        Row: {
          user_id: number | null
        }
        Insert: {
          user_id?: number | null
        }
        Update: {
          user_id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "hooks_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      items: {
        Row: {
          id: number
          order_id: number | null
          tenant: number | null
        }
        Insert: {
          id: number
          order_id?: number | null
          tenant?: number | null
        }
        Update: {
          id?: number
          order_id?: number | null
          tenant?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "items_order"
            columns: ["tenant", "order_id"]
            isOneToOne: false
            referencedRelation: "orders"
            referencedColumns: ["tenant", "id"]
          },
        ]
      }
      junction: {
        Row: {
          l: number
          r: number
        }
        Insert: {
          l: number
          r: number
        }
        Update: {
          l?: number
          r?: number
        }
        Relationships: [
          {
            foreignKeyName: "junction_l_fkey"
            columns: ["l"]
            isOneToOne: false
            referencedRelation: "left_side"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "junction_r_fkey"
            columns: ["r"]
            isOneToOne: false
            referencedRelation: "right_side"
            referencedColumns: ["id"]
          },
        ]
      }
      left_side: {
        Row: {
          id: number
        }
        Insert: {
          id: number
        }
        Update: {
          id?: number
        }
        Relationships: []
      }
      orders: {
        Row: {
          buyer: number | null
          buyer_email: string | null
          id: number
          tenant: number
          thing: number | null
        }
        Insert: {
          buyer?: number | null
          buyer_email?: string | null
          id: number
          tenant: number
          thing?: number | null
        }
        Update: {
          buyer?: number | null
          buyer_email?: string | null
          id?: number
          tenant?: number
          thing?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "orders_buyer_email_fkey"
            columns: ["buyer_email"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["email"]
          },
          {
            foreignKeyName: "orders_buyer_fkey"
            columns: ["buyer"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "orders_seller"
            columns: ["buyer"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      profiles: {
        Row: {
          bio: string | null
          user_id: number
        }
        Insert: {
          bio?: string | null
          user_id: number
        }
        Update: {
          bio?: string | null
          user_id?: number
        }
        Relationships: [
          {
            foreignKeyName: "profiles_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      receipts: {
        Row: {
          order_id: number | null
          tenant: number | null
        }
        Insert: {
          order_id?: number | null
          tenant?: number | null
        }
        Update: {
          order_id?: number | null
          tenant?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "receipts_tenant_order_id_fkey"
            columns: ["tenant", "order_id"]
            isOneToOne: true
            referencedRelation: "orders"
            referencedColumns: ["tenant", "id"]
          },
        ]
      }
      references_long_names: {
        Row: {
          a_column_with_quite_a_long_name: number | null
          another_column_with_quite_a_long_name: number | null
        }
        Insert: {
          a_column_with_quite_a_long_name?: number | null
          another_column_with_quite_a_long_name?: number | null
        }
        Update: {
          a_column_with_quite_a_long_name?: number | null
          another_column_with_quite_a_long_name?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "references_long_names_a_column_with_quite_a_long_name_anot_fkey"
            columns: [
              "a_column_with_quite_a_long_name",
              "another_column_with_quite_a_long_name",
            ]
            isOneToOne: false
            referencedRelation: "a_table_with_quite_a_long_name"
            referencedColumns: [
              "a_column_with_quite_a_long_name",
              "another_column_with_quite_a_long_name",
            ]
          },
        ]
      }
      reversed: {
        Row: {
          order_id: number | null
          tenant: number | null
        }
        Insert: {
          order_id?: number | null
          tenant?: number | null
        }
        Update: {
          order_id?: number | null
          tenant?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "reversed_order"
            columns: ["order_id", "tenant"]
            isOneToOne: false
            referencedRelation: "orders"
            referencedColumns: ["id", "tenant"]
          },
          {
            foreignKeyName: "straight_order"
            columns: ["tenant", "order_id"]
            isOneToOne: true
            referencedRelation: "orders"
            referencedColumns: ["tenant", "id"]
          },
        ]
      }
      right_side: {
        Row: {
          id: number
        }
        Insert: {
          id: number
        }
        Update: {
          id?: number
        }
        Relationships: []
      }
      settings: {
        Row: {
          id: number
          user_id: number | null
        }
        Insert: {
          id: number
          user_id?: number | null
        }
        Update: {
          id?: number
          user_id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "settings_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
      users: {
        Row: {
          email: string | null
          id: number
          manager: number | null
        }
        Insert: {
          email?: string | null
          id: number
          manager?: number | null
        }
        Update: {
          email?: string | null
          id?: number
          manager?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "users_manager_fkey"
            columns: ["manager"]
            isOneToOne: false
            referencedRelation: "users"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Views: {
      [_ in never]: never
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
  other: {
    Enums: {},
  },
  public: {
    Enums: {},
  },
} as const
