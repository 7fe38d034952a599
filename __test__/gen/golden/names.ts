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
      _private: {
        Row: {
          a: number | null
          A: number | null
          a_1: number | null
          a1: number | null
          a10: number | null
          a2: number | null
          b: number | null
          B: number | null
          id: number | null
        }
        Insert: {
          a?: number | null
          A?: number | null
          a_1?: number | null
          a1?: number | null
          a10?: number | null
          a2?: number | null
          b?: number | null
          B?: number | null
          id?: number | null
        }
        Update: {
          a?: number | null
          A?: number | null
          a_1?: number | null
          a1?: number | null
          a10?: number | null
          a2?: number | null
          b?: number | null
          B?: number | null
          id?: number | null
        }
        Relationships: []
      }
      "{curly}": {
        Row: {
          "(paren)": number | null
          "[bracket]": number | null
          "}": number | null
          "<>": number | null
          "a,b": number
        }
        Insert: {
          "(paren)"?: number | null
          "[bracket]"?: number | null
          "}"?: number | null
          "<>"?: number | null
          "a,b": number
        }
        Update: {
          "(paren)"?: number | null
          "[bracket]"?: number | null
          "}"?: number | null
          "<>"?: number | null
          "a,b"?: number
        }
        Relationships: []
      }
      a_name_of_sixty_three_characters_which_is_the_most_that_there_a: {
        Row: {
          a_column_of_sixty_three_characters_which_is_the_most_there_is_x:
            | string
            | null
          a_column_of_sixty_three_characters_which_is_the_most_there_is_y:
            | string[]
            | null
          数据库表的列名称可以用中文来写并且占用两倍: string | null
          a_function_with_one_of_the_longest_names_that_there_can_be_here: {
            a_column_of_sixty_three_characters_which_is_the_most_there_is_x:
              | string
              | null
            a_column_of_sixty_three_characters_which_is_the_most_there_is_y:
              | string[]
              | null
            数据库表的列名称可以用中文来写并且占用两倍: string | null
          } | null
        }
        Insert: {
          a_column_of_sixty_three_characters_which_is_the_most_there_is_x?:
            | string
            | null
          a_column_of_sixty_three_characters_which_is_the_most_there_is_y?:
            | string[]
            | null
          数据库表的列名称可以用中文来写并且占用两倍?: string | null
        }
        Update: {
          a_column_of_sixty_three_characters_which_is_the_most_there_is_x?:
            | string
            | null
          a_column_of_sixty_three_characters_which_is_the_most_there_is_y?:
            | string[]
            | null
          数据库表的列名称可以用中文来写并且占用两倍?: string | null
        }
        Relationships: []
      }
      Äpfel: {
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
      apple: {
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
      Apple: {
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
      "dash-ed": {
        Row: {
          _under: number | null
          $dollar: number | null
          "1st": number | null
          "2": number | null
          "a-b": number | null
          "a:b": number | null
          "a.b": number | null
        }
        Insert: {
          _under?: number | null
          $dollar?: number | null
          "1st"?: number | null
          "2"?: number | null
          "a-b"?: number | null
          "a:b"?: number | null
          "a.b"?: number | null
        }
        Update: {
          _under?: number | null
          $dollar?: number | null
          "1st"?: number | null
          "2"?: number | null
          "a-b"?: number | null
          "a:b"?: number | null
          "a.b"?: number | null
        }
        Relationships: []
      }
      MixedCase: {
        Row: {
          camelCase: number
          PascalCase: number | null
        }
        Insert: {
          camelCase: number
          PascalCase?: number | null
        }
        Update: {
          camelCase?: number
          PascalCase?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "MixedCase_PascalCase_fkey"
            columns: ["PascalCase"]
            isOneToOne: false
            referencedRelation: "select"
            referencedColumns: ["from"]
          },
        ]
      }
      'quo"te': {
        Row: {
          "`tick`": number | null
          "back\\slash": number | null
          "both ' and \"": number | null
          "it's": number | null
          'say "hi"': number | null
        }
        Insert: {
          "`tick`"?: number | null
          "back\\slash"?: number | null
          "both ' and \""?: number | null
          "it's"?: number | null
          'say "hi"'?: number | null
        }
        Update: {
          "`tick`"?: number | null
          "back\\slash"?: number | null
          "both ' and \""?: number | null
          "it's"?: number | null
          'say "hi"'?: number | null
        }
        Relationships: []
      }
      "refers, to": {
        Row: {
          "a,b": number | null
        }
        Insert: {
          "a,b"?: number | null
        }
        Update: {
          "a,b"?: number | null
        }
        Relationships: [
          {
            foreignKeyName: 'odd "constraint"'
            columns: ["a,b"]
            isOneToOne: false
            referencedRelation: "{curly}"
            referencedColumns: ["a,b"]
          },
          {
            foreignKeyName: 'odd "constraint"'
            columns: ["a,b"]
            isOneToOne: false
            referencedRelation: "{view}, of"
            referencedColumns: ["a,b"]
          },
        ]
      }
      select: {
        Row: {
          __proto__: string | null
          class: string | null
          constructor: string | null
          from: number
        }
        Insert: {
          __proto__?: string | null
          class?: string | null
          constructor?: string | null
          from: number
        }
        Update: {
          __proto__?: string | null
          class?: string | null
          constructor?: string | null
          from?: number
        }
        Relationships: []
      }
      typed: {
        Row: {
          a: Database["public"]["Enums"]["a type"] | null
          b: Database["public"]["CompositeTypes"]['type of "rows"'] | null
          c: Database["public"]["Tables"]["with space"]["Row"] | null
          d: Database["public"]["Enums"]["a type"][] | null
        }
        Insert: {
          a?: Database["public"]["Enums"]["a type"] | null
          b?: Database["public"]["CompositeTypes"]['type of "rows"'] | null
          c?: Database["public"]["Tables"]["with space"]["Row"] | null
          d?: Database["public"]["Enums"]["a type"][] | null
        }
        Update: {
          a?: Database["public"]["Enums"]["a type"] | null
          b?: Database["public"]["CompositeTypes"]['type of "rows"'] | null
          c?: Database["public"]["Tables"]["with space"]["Row"] | null
          d?: Database["public"]["Enums"]["a type"][] | null
        }
        Relationships: []
      }
      ünïcödé: {
        Row: {
          "🎉": number | null
          "e\\u0301": number | null
          "emoji 🎉": number | null
          ñ: number | null
          日本語: number | null
        }
        Insert: {
          "🎉"?: number | null
          "e\\u0301"?: number | null
          "emoji 🎉"?: number | null
          ñ?: number | null
          日本語?: number | null
        }
        Update: {
          "🎉"?: number | null
          "e\\u0301"?: number | null
          "emoji 🎉"?: number | null
          ñ?: number | null
          日本語?: number | null
        }
        Relationships: []
      }
      "with space": {
        Row: {
          "a column": number | null
          "new\nline": number | null
          "tab\tcolumn": number | null
          "field of": {
            _under: number | null
            $dollar: number | null
            "1st": number | null
            "2": number | null
            "a-b": number | null
            "a:b": number | null
            "a.b": number | null
          } | null
        }
        Insert: {
          "a column"?: number | null
          "new\nline"?: number | null
          "tab\tcolumn"?: number | null
        }
        Update: {
          "a column"?: number | null
          "new\nline"?: number | null
          "tab\tcolumn"?: number | null
        }
        Relationships: []
      }
      zebra: {
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
    }
    Views: {
      "{view}, of": {
        Row: {
          "(paren)": number | null
          "a,b": number | null
          "renamed, too": number | null
        }
        Insert: {
          "(paren)"?: number | null
          "a,b"?: number | null
          "renamed, too"?: number | null
        }
        Update: {
          "(paren)"?: number | null
          "a,b"?: number | null
          "renamed, too"?: number | null
        }
        Relationships: []
      }
      "refers {view}": {
        Row: {
          "x y": number | null
        }
        Insert: {
          "x y"?: number | null
        }
        Update: {
          "x y"?: number | null
        }
        Relationships: [
          {
            foreignKeyName: 'odd "constraint"'
            columns: ["x y"]
            isOneToOne: false
            referencedRelation: "{curly}"
            referencedColumns: ["a,b"]
          },
          {
            foreignKeyName: 'odd "constraint"'
            columns: ["x y"]
            isOneToOne: false
            referencedRelation: "{view}, of"
            referencedColumns: ["a,b"]
          },
        ]
      }
    }
    Functions: {
      "a function": {
        Args: { "an arg": number; "it's"?: string }
        Returns: {
          "a column": number | null
          "new\nline": number | null
          "tab\tcolumn": number | null
        }
        SetofOptions: {
          from: "*"
          to: "with space"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      a_function_with_one_of_the_longest_names_that_there_can_be_here: {
        Args: {
          a_row: Database["public"]["Tables"]["a_name_of_sixty_three_characters_which_is_the_most_that_there_a"]["Row"]
        }
        Returns: {
          a_column_of_sixty_three_characters_which_is_the_most_there_is_x:
            | string
            | null
          a_column_of_sixty_three_characters_which_is_the_most_there_is_y:
            | string[]
            | null
          数据库表的列名称可以用中文来写并且占用两倍: string | null
        }[]
        SetofOptions: {
          from: "a_name_of_sixty_three_characters_which_is_the_most_that_there_a"
          to: "a_name_of_sixty_three_characters_which_is_the_most_that_there_a"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      another_with_a_long_name_that_has_an_enum_as_its_only_result_: {
        Args: Record<PropertyKey, never>
        Returns: Database["public"]["Enums"]["a type"][]
      }
      "field of": {
        Args: { "": Database["public"]["Tables"]["with space"]["Row"] }
        Returns: {
          _under: number | null
          $dollar: number | null
          "1st": number | null
          "2": number | null
          "a-b": number | null
          "a:b": number | null
          "a.b": number | null
        }[]
        SetofOptions: {
          from: '"with space"'
          to: "dash-ed"
          isOneToOne: false
          isSetofReturn: true
        }
      }
    }
    Enums: {
      "a type": "a value" | "b"
    }
    CompositeTypes: {
      'type of "rows"': {
        'an "attr"': Database["public"]["Enums"]["a type"] | null
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
    Enums: {
      "a type": ["a value", "b"],
    },
  },
} as const
