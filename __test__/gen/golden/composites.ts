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
      copies: {
        Row: {
          all_originals: Database["public"]["Tables"]["shapes"]["Row"][] | null
          id: number | null
          original: Database["public"]["Tables"]["shapes"]["Row"] | null
        }
        Insert: {
          all_originals?: Database["public"]["Tables"]["shapes"]["Row"][] | null
          id?: number | null
          original?: Database["public"]["Tables"]["shapes"]["Row"] | null
        }
        Update: {
          all_originals?: Database["public"]["Tables"]["shapes"]["Row"][] | null
          id?: number | null
          original?: Database["public"]["Tables"]["shapes"]["Row"] | null
        }
        Relationships: []
      }
      shapes: {
        Row: {
          edge: Database["public"]["CompositeTypes"]["segment"] | null
          id: number
          nothing: unknown
          origin: Database["public"]["CompositeTypes"]["point_3d"]
          path: Database["public"]["CompositeTypes"]["point_3d"][] | null
          secret: unknown
        }
        Insert: {
          edge?: Database["public"]["CompositeTypes"]["segment"] | null
          id: number
          nothing?: unknown
          origin: Database["public"]["CompositeTypes"]["point_3d"]
          path?: Database["public"]["CompositeTypes"]["point_3d"][] | null
          secret?: unknown
        }
        Update: {
          edge?: Database["public"]["CompositeTypes"]["segment"] | null
          id?: number
          nothing?: unknown
          origin?: Database["public"]["CompositeTypes"]["point_3d"]
          path?: Database["public"]["CompositeTypes"]["point_3d"][] | null
          secret?: unknown
        }
        Relationships: []
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      array_of_points: {
        Args: Record<PropertyKey, never>
        Returns: Database["public"]["CompositeTypes"]["point_3d"][]
      }
      length_of: {
        Args: { s: Database["public"]["CompositeTypes"]["segment"] }
        Returns: number
      }
      length_of_unnamed: {
        Args: { "": Database["public"]["CompositeTypes"]["segment"] }
        Returns: {
          error: true
        } & "the function public.length_of_unnamed with parameter or with a single unnamed json/jsonb parameter, but no matches were found in the schema cache"
      }
      list_points: {
        Args: Record<PropertyKey, never>
        Returns: Database["public"]["CompositeTypes"]["point_3d"][]
        SetofOptions: {
          from: "*"
          to: "point_3d"
          isOneToOne: false
          isSetofReturn: true
        }
      }
      make_point: {
        Args: { x: number }
        Returns: Database["public"]["CompositeTypes"]["point_3d"]
        SetofOptions: {
          from: "*"
          to: "point_3d"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      make_secret: {
        Args: Record<PropertyKey, never>
        Returns: unknown
        SetofOptions: {
          from: "*"
          to: "secret"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      one_point: {
        Args: Record<PropertyKey, never>
        Returns: Database["public"]["CompositeTypes"]["point_3d"]
        SetofOptions: {
          from: "*"
          to: "point_3d"
          isOneToOne: true
          isSetofReturn: true
        }
      }
      points_of: {
        Args: { "": Database["public"]["CompositeTypes"]["segment"] }
        Returns: Database["public"]["CompositeTypes"]["point_3d"][]
        SetofOptions: {
          from: "segment"
          to: "point_3d"
          isOneToOne: false
          isSetofReturn: true
        }
      }
    }
    Enums: {
      color: "red" | "green"
    }
    CompositeTypes: {
      "Odd Type": {
        "an attribute": string | null
        'quoted"': number | null
      }
      painted: {
        color: Database["public"]["Enums"]["color"] | null
        colors: Database["public"]["Enums"]["color"][] | null
        secret: unknown
      }
      point_3d: {
        x: number | null
        y: number | null
        z: number | null
      }
      segment: {
        start: Database["public"]["CompositeTypes"]["point_3d"] | null
        end: Database["public"]["CompositeTypes"]["point_3d"] | null
        labels: string[] | null
        meta: Json | null
      }
      shrinking: {
        kept: string | null
      }
      with_domain: {
        amount: unknown
        level: unknown
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
      color: ["red", "green"],
    },
  },
} as const
