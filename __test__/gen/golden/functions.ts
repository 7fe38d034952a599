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
      todos: {
        Row: {
          done: boolean | null
          id: number
          meta: NonNullable<Json>
          title: string
        }
        Insert: {
          done?: boolean | null
          id: number
          meta: NonNullable<Json>
          title: string
        }
        Update: {
          done?: boolean | null
          id?: number
          meta?: NonNullable<Json>
          title?: string
        }
        Relationships: []
      }
    }
    Views: {
      open_todos: {
        Row: {
          id: number | null
          title: string | null
        }
        Insert: {
          id?: number | null
          title?: string | null
        }
        Update: {
          id?: number | null
          title?: string | null
        }
        Relationships: []
      }
    }
    Functions: {
      "7": { Args: Record<PropertyKey, never>; Returns: number }
      "123": { Args: Record<PropertyKey, never>; Returns: number }
      a_pair: {
        Args: Record<PropertyKey, never>
        Returns: Database["public"]["CompositeTypes"]["pair"]
        SetofOptions: {
          from: "*"
          to: "pair"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      a_record: {
        Args: Record<PropertyKey, never>
        Returns: Record<string, unknown>
      }
      a_todo: {
        Args: { id: number }
        Returns: {
          done: boolean | null
          id: number
          meta: NonNullable<Json>
          title: string
        }
        SetofOptions: {
          from: "*"
          to: "todos"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      all_defaults: { Args: { a?: number }; Returns: number }
      any_result: { Args: { x: unknown }; Returns: unknown }
      arrays: { Args: { ids: number[]; tags?: string[] }; Returns: string[] }
      defaults: {
        Args: { a: number; b?: string; c?: boolean }
        Returns: undefined
      }
      hidden_row: {
        Args: Record<PropertyKey, never>
        Returns: unknown
        SetofOptions: {
          from: "*"
          to: "secrets"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      hidden_rows: {
        Args: Record<PropertyKey, never>
        Returns: unknown[]
        SetofOptions: {
          from: "*"
          to: "secrets"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      inout_args: { Args: { a: number; b?: string }; Returns: number }
      json_result: { Args: Record<PropertyKey, never>; Returns: Json }
      jsonb_rows: { Args: Record<PropertyKey, never>; Returns: Json[] }
      long_signature: {
        Args: {
          a_first_argument: string
          a_second_argument: string
          a_third_argument_with_default?: Json
        }
        Returns: boolean
      }
      maybe_nothing:
        | {
            Args: Record<PropertyKey, never>
            Returns: {
              error: true
            } & "Could not choose the best candidate function between: public.maybe_nothing(), public.maybe_nothing( => int4). Try renaming the parameters or the function itself in the database so function overloading can be resolved"
          }
        | { Args: { ""?: string }; Returns: number }
      "Mixed Case": {
        Args: { "An Arg": string; class: number }
        Returns: string
      }
      named: { Args: { a: number; b: string }; Returns: string }
      no_args: { Args: Record<PropertyKey, never>; Returns: number }
      one_of_todos: {
        Args: Record<PropertyKey, never>
        Returns: {
          done: boolean | null
          id: number
          meta: NonNullable<Json>
          title: string
        }
        SetofOptions: {
          from: "*"
          to: "todos"
          isOneToOne: true
          isSetofReturn: true
        }
      }
      one_scalar_row: { Args: Record<PropertyKey, never>; Returns: string[] }
      out_args: { Args: { a: number }; Returns: Record<string, unknown> }
      out_first: { Args: { y?: number; z: number }; Returns: number }
      overloaded:
        | { Args: Record<PropertyKey, never>; Returns: undefined }
        | { Args: { a: number }; Returns: number }
        | { Args: { a: number; b: number }; Returns: string }
        | {
            Args: { c: string }
            Returns: {
              done: boolean | null
              id: number
              meta: NonNullable<Json>
              title: string
            }[]
            SetofOptions: {
              from: "*"
              to: "todos"
              isOneToOne: false
              isSetofReturn: true
            }
          }
      range_result: { Args: Record<PropertyKey, never>; Returns: unknown }
      returns_table: {
        Args: { q: string }
        Returns: {
          id: number
          "odd name": Json
          title: string
        }[]
      }
      returns_table_of_rows: {
        Args: Record<PropertyKey, never>
        Returns: {
          p: Database["public"]["CompositeTypes"]["pair"][]
          t: Database["public"]["Tables"]["todos"]["Row"]
        }[]
      }
      same_name:
        | {
            Args: { a: number }
            Returns: {
              error: true
            } & "Could not choose the best candidate function between: public.same_name(a => int4), public.same_name(a => text), public.same_name(a => jsonb). Try renaming the parameters or the function itself in the database so function overloading can be resolved"
          }
        | {
            Args: { a: Json }
            Returns: {
              error: true
            } & "Could not choose the best candidate function between: public.same_name(a => int4), public.same_name(a => text), public.same_name(a => jsonb). Try renaming the parameters or the function itself in the database so function overloading can be resolved"[]
          }
        | {
            Args: { a: string }
            Returns: {
              error: true
            } & "Could not choose the best candidate function between: public.same_name(a => int4), public.same_name(a => text), public.same_name(a => jsonb). Try renaming the parameters or the function itself in the database so function overloading can be resolved"
          }
      setof_out: {
        Args: Record<PropertyKey, never>
        Returns: Record<string, unknown>[]
      }
      setof_records: {
        Args: Record<PropertyKey, never>
        Returns: Record<string, unknown>[]
      }
      setof_scalar: { Args: Record<PropertyKey, never>; Returns: number[] }
      setof_todos: {
        Args: Record<PropertyKey, never>
        Returns: {
          done: boolean | null
          id: number
          meta: NonNullable<Json>
          title: string
        }[]
        SetofOptions: {
          from: "*"
          to: "todos"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      setof_view: {
        Args: Record<PropertyKey, never>
        Returns: {
          id: number | null
          title: string | null
        }[]
        SetofOptions: {
          from: "*"
          to: "open_todos"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      single_out: { Args: { a: number }; Returns: string }
      todos_array: {
        Args: Record<PropertyKey, never>
        Returns: Database["public"]["Tables"]["todos"]["Row"][]
      }
      unnamed_default: { Args: { ""?: string }; Returns: string }
      unnamed_json: { Args: { "": Json }; Returns: Json }
      unnamed_jsonb: { Args: { "": Json }; Returns: Json }
      unnamed_text: { Args: { "": string }; Returns: string }
      variadic_args: {
        Args: { first: number; others: number[] }
        Returns: number
      }
    }
    Enums: {
      [_ in never]: never
    }
    CompositeTypes: {
      pair: {
        a: number | null
        b: string | null
      }
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
