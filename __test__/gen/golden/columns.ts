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
      arrays: {
        Row: {
          docs: Json[]
          emails: unknown[] | null
          matrix: number[] | null
          numbers: number[] | null
          ranges: unknown[] | null
          required: string[]
          scores: number[] | null
          stamps: string[] | null
        }
        Insert: {
          docs: Json[]
          emails?: unknown[] | null
          matrix?: number[] | null
          numbers?: number[] | null
          ranges?: unknown[] | null
          required: string[]
          scores?: number[] | null
          stamps?: string[] | null
        }
        Update: {
          docs?: Json[]
          emails?: unknown[] | null
          matrix?: number[] | null
          numbers?: number[] | null
          ranges?: unknown[] | null
          required?: string[]
          scores?: number[] | null
          stamps?: string[] | null
        }
        Relationships: []
      }
      base: {
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
      derived: {
        Row: {
          extra: string | null
          id: number
        }
        Insert: {
          extra?: string | null
          id: number
        }
        Update: {
          extra?: string | null
          id?: number
        }
        Relationships: []
      }
      domains: {
        Row: {
          body: NonNullable<Json>
          contact: string | null
          contacts: string
          optional_body: NonNullable<Json>
          title: string
          work: unknown
        }
        Insert: {
          body: NonNullable<Json>
          contact?: string | null
          contacts: string
          optional_body?: NonNullable<Json>
          title: string
          work?: unknown
        }
        Update: {
          body?: NonNullable<Json>
          contact?: string | null
          contacts?: string
          optional_body?: NonNullable<Json>
          title?: string
          work?: unknown
        }
        Relationships: []
      }
      generated: {
        Row: {
          area: number | null
          big_counter: number
          counter: number
          double_width: number | null
          height: number | null
          id: number
          nothing: string | null
          number: number
          required_with_default: string
          width: number
        }
        Insert: {
          area?: never
          big_counter?: number
          counter?: number
          double_width?: never
          height?: number | null
          id?: never
          nothing?: string | null
          number?: number
          required_with_default?: string
          width: number
        }
        Update: {
          area?: never
          big_counter?: number
          counter?: number
          double_width?: never
          height?: number | null
          id?: never
          nothing?: string | null
          number?: number
          required_with_default?: string
          width?: number
        }
        Relationships: []
      }
      measurements: {
        Row: {
          at: string
          value: number | null
        }
        Insert: {
          at: string
          value?: number | null
        }
        Update: {
          at?: string
          value?: number | null
        }
        Relationships: []
      }
      measurements_2026: {
        Row: {
          at: string
          value: number | null
        }
        Insert: {
          at: string
          value?: number | null
        }
        Update: {
          at?: string
          value?: number | null
        }
        Relationships: []
      }
      scalars: {
        Row: {
          address: unknown
          amount: number | null
          big: number | null
          bits: unknown
          class: unknown
          code: string | null
          day: string | null
          doc: Json | null
          doc_required: NonNullable<Json>
          docb: Json | null
          docb_required: NonNullable<Json>
          double: number | null
          fixed: string | null
          flag: boolean
          flexible: unknown
          id: number
          label: unknown
          letter: unknown
          mac: unknown
          markup: unknown
          moment: string | null
          moment_tz: string | null
          name: string | null
          network: unknown
          object: unknown
          plain: number | null
          price: unknown
          raw: string | null
          search: unknown
          single: number | null
          small: number
          span: string | null
          spans: unknown
          spot: unknown
          stamp: string | null
          stamp_tz: string
          uid: string | null
          words: unknown
          years: unknown
        }
        Insert: {
          address?: unknown
          amount?: number | null
          big?: number | null
          bits?: unknown
          class?: unknown
          code?: string | null
          day?: string | null
          doc?: Json | null
          doc_required: NonNullable<Json>
          docb?: Json | null
          docb_required?: NonNullable<Json>
          double?: number | null
          fixed?: string | null
          flag: boolean
          flexible?: unknown
          id: number
          label?: unknown
          letter?: unknown
          mac?: unknown
          markup?: unknown
          moment?: string | null
          moment_tz?: string | null
          name?: string | null
          network?: unknown
          object?: unknown
          plain?: number | null
          price?: unknown
          raw?: string | null
          search?: unknown
          single?: number | null
          small: number
          span?: string | null
          spans?: unknown
          spot?: unknown
          stamp?: string | null
          stamp_tz?: string
          uid?: string | null
          words?: unknown
          years?: unknown
        }
        Update: {
          address?: unknown
          amount?: number | null
          big?: number | null
          bits?: unknown
          class?: unknown
          code?: string | null
          day?: string | null
          doc?: Json | null
          doc_required?: NonNullable<Json>
          docb?: Json | null
          docb_required?: NonNullable<Json>
          double?: number | null
          fixed?: string | null
          flag?: boolean
          flexible?: unknown
          id?: number
          label?: unknown
          letter?: unknown
          mac?: unknown
          markup?: unknown
          moment?: string | null
          moment_tz?: string | null
          name?: string | null
          network?: unknown
          object?: unknown
          plain?: number | null
          price?: unknown
          raw?: string | null
          search?: unknown
          single?: number | null
          small?: number
          span?: string | null
          spans?: unknown
          spot?: unknown
          stamp?: string | null
          stamp_tz?: string
          uid?: string | null
          words?: unknown
          years?: unknown
        }
        Relationships: []
      }
      with_dropped: {
        Row: {
          a: number | null
          c: number | null
        }
        Insert: {
          a?: number | null
          c?: number | null
        }
        Update: {
          a?: number | null
          c?: number | null
        }
        Relationships: []
      }
      without_columns: {
        Row: {}
        Insert: {}
        Update: {}
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
