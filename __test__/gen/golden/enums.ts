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
      people: {
        Row: {
          below: unknown[] | null
          checked: Database["public"]["Enums"]["status"]
          history: Database["public"]["Enums"]["status"][]
          id: number
          many_weathers_of_the_year:
            | (
                | "sunny with a few clouds"
                | "rain all day long"
                | "snow in the mountains"
              )[]
            | null
          mood: "happy" | "sad"
          moods: ("happy" | "sad")[] | null
          nothing: unknown
          optional_history: Database["public"]["Enums"]["status"][] | null
          previous: Database["public"]["Enums"]["status"] | null
          required_moods: ("happy" | "sad")[]
          status: Database["public"]["Enums"]["status"]
          strange: Database["public"]["Enums"]["Quoted Name"] | null
          weather:
            | "sunny with a few clouds"
            | "rain all day long"
            | "snow in the mountains"
            | null
          weathers: (
            | "sunny with a few clouds"
            | "rain all day long"
            | "snow in the mountains"
          )[]
          mood_of: "happy" | "sad" | null
        }
        Insert: {
          below?: unknown[] | null
          checked: Database["public"]["Enums"]["status"]
          history: Database["public"]["Enums"]["status"][]
          id: number
          many_weathers_of_the_year?:
            | (
                | "sunny with a few clouds"
                | "rain all day long"
                | "snow in the mountains"
              )[]
            | null
          mood: "happy" | "sad"
          moods?: ("happy" | "sad")[] | null
          nothing?: unknown
          optional_history?: Database["public"]["Enums"]["status"][] | null
          previous?: Database["public"]["Enums"]["status"] | null
          required_moods: ("happy" | "sad")[]
          status?: Database["public"]["Enums"]["status"]
          strange?: Database["public"]["Enums"]["Quoted Name"] | null
          weather?:
            | "sunny with a few clouds"
            | "rain all day long"
            | "snow in the mountains"
            | null
          weathers: (
            | "sunny with a few clouds"
            | "rain all day long"
            | "snow in the mountains"
          )[]
        }
        Update: {
          below?: unknown[] | null
          checked?: Database["public"]["Enums"]["status"]
          history?: Database["public"]["Enums"]["status"][]
          id?: number
          many_weathers_of_the_year?:
            | (
                | "sunny with a few clouds"
                | "rain all day long"
                | "snow in the mountains"
              )[]
            | null
          mood?: "happy" | "sad"
          moods?: ("happy" | "sad")[] | null
          nothing?: unknown
          optional_history?: Database["public"]["Enums"]["status"][] | null
          previous?: Database["public"]["Enums"]["status"] | null
          required_moods?: ("happy" | "sad")[]
          status?: Database["public"]["Enums"]["status"]
          strange?: Database["public"]["Enums"]["Quoted Name"] | null
          weather?:
            | "sunny with a few clouds"
            | "rain all day long"
            | "snow in the mountains"
            | null
          weathers?: (
            | "sunny with a few clouds"
            | "rain all day long"
            | "snow in the mountains"
          )[]
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      get_mood_list: {
        Args: Record<PropertyKey, never>
        Returns: ("happy" | "sad")[]
      }
      get_moods: {
        Args: Record<PropertyKey, never>
        Returns: "happy" | "sad"[]
      }
      get_status: {
        Args: { id: number }
        Returns: Database["public"]["Enums"]["status"]
      }
      mood_of: {
        Args: { "": Database["public"]["Tables"]["people"]["Row"] }
        Returns: {
          error: true
        } & "the function public.mood_of with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      set_weather: {
        Args: {
          s?: Database["public"]["Enums"]["status"]
          w:
            | "sunny with a few clouds"
            | "rain all day long"
            | "snow in the mountains"
        }
        Returns: undefined
      }
    }
    Enums: {
      _underscore: "hard" | "to" | "reach"
      exactly_fitting: "aaaaaaaaaaaaaaa" | "bbbbbbbbbbbbbbb" | "cccccc"
      long_list:
        | "the first of many labels"
        | "the second of many labels"
        | "the third of many labels"
      odd_labels:
        | ""
        | " "
        | "it's"
        | 'say "hi"'
        | "both ' and \""
        | "back\\slash"
        | "ünï"
        | "日本語"
        | "new\nline"
        | "a-b"
        | "1"
      one: "only"
      one_too_long: "aaaaaaaaaaaaaaa" | "bbbbbbbbbbbbbbb" | "ccccccccc" | "d"
      "Quoted Name": "x"
      status: "active" | "inactive" | "banned"
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
    Enums: {
      _underscore: ["hard", "to", "reach"],
      exactly_fitting: ["aaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbb", "cccccc"],
      long_list: [
        "the first of many labels",
        "the second of many labels",
        "the third of many labels",
      ],
      odd_labels: [
        "",
        " ",
        "it's",
        'say "hi"',
        "both ' and \"",
        "back\\slash",
        "ünï",
        "日本語",
        "new\nline",
        "a-b",
        "1",
      ],
      one: ["only"],
      one_too_long: ["aaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbb", "ccccccccc", "d"],
      "Quoted Name": ["x"],
      status: ["active", "inactive", "banned"],
    },
  },
} as const
