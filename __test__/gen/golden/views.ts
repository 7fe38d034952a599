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
      authors: {
        Row: {
          born: string | null
          id: number
          name: string
        }
        Insert: {
          born?: string | null
          id: number
          name: string
        }
        Update: {
          born?: string | null
          id?: number
          name?: string
        }
        Relationships: []
      }
      books: {
        Row: {
          author_id: number
          editor_id: number | null
          id: number
          price: number | null
          title: string
        }
        Insert: {
          author_id: number
          editor_id?: number | null
          id?: never
          price?: number | null
          title: string
        }
        Update: {
          author_id?: number
          editor_id?: number | null
          id?: never
          price?: number | null
          title?: string
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      reviews: {
        Row: {
          book_id: number | null
          id: number
          stars: number
        }
        Insert: {
          book_id?: number | null
          id: number
          stars: number
        }
        Update: {
          book_id?: number | null
          id?: number
          stars?: number
        }
        Relationships: [
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "all_books"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "books"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "books_with_authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "by_both_triggers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "by_delete_trigger"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "by_trigger"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "by_update_trigger"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "cached"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "expensive"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "from_subquery"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "lateral_join"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "nested_titles"
            referencedColumns: ["book_id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "partly"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "read_only_join"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "through_hidden"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "titles"
            referencedColumns: ["book_id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "twice"
            referencedColumns: ["again"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "twice"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "with_cte"
            referencedColumns: ["id"]
          },
        ]
      }
    }
    Views: {
      all_books: {
        Row: {
          author_id: number | null
          editor_id: number | null
          id: number | null
          price: number | null
          title: string | null
        }
        Insert: {
          author_id?: number | null
          editor_id?: number | null
          id?: number | null
          price?: number | null
          title?: string | null
        }
        Update: {
          author_id?: number | null
          editor_id?: number | null
          id?: number | null
          price?: number | null
          title?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      author_names: {
        Row: {
          id: number | null
          name: string | null
        }
        Insert: {
          id?: number | null
          name?: string | null
        }
        Update: {
          id?: number | null
          name?: string | null
        }
        Relationships: []
      }
      books_with_authors: {
        Row: {
          author: number | null
          author_id: number | null
          id: number | null
          name: string | null
          title: string | null
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      by_both_triggers: {
        Row: {
          id: number | null
          total: number | null
        }
        Insert: {
          id?: number | null
          total?: number | null
        }
        Update: {
          id?: number | null
          total?: number | null
        }
        Relationships: []
      }
      by_delete_trigger: {
        Row: {
          id: number | null
          total: number | null
        }
        Relationships: []
      }
      by_nothing: {
        Row: {
          id: number | null
          total: number | null
        }
        Update: {
          id?: number | null
          total?: number | null
        }
        Relationships: []
      }
      by_rule: {
        Row: {
          id: number | null
          name: string | null
          total: number | null
        }
        Insert: {
          id?: number | null
          name?: string | null
          total?: number | null
        }
        Relationships: []
      }
      by_trigger: {
        Row: {
          id: number | null
          name: string | null
          title: string | null
        }
        Insert: {
          id?: number | null
          name?: string | null
          title?: string | null
        }
        Relationships: []
      }
      by_update_trigger: {
        Row: {
          id: number | null
          total: number | null
        }
        Update: {
          id?: number | null
          total?: number | null
        }
        Relationships: []
      }
      cached: {
        Row: {
          author_id: number | null
          id: number | null
          title: string | null
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      constant: {
        Row: {
          one: number | null
          "two words": string | null
        }
        Relationships: []
      }
      counted: {
        Row: {
          author_id: number | null
          books: number | null
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      empty_cache: {
        Row: {
          id: number | null
          stars: number | null
        }
        Relationships: []
      }
      expensive: {
        Row: {
          author_id: number | null
          id: number | null
          title: string | null
        }
        Insert: {
          author_id?: number | null
          id?: number | null
          title?: never
        }
        Update: {
          author_id?: number | null
          id?: number | null
          title?: never
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      from_subquery: {
        Row: {
          author_id: number | null
          id: number | null
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      lateral_join: {
        Row: {
          book_id: number | null
          id: number | null
          stars: number | null
        }
        Relationships: [
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "all_books"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "books"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "books_with_authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "by_both_triggers"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "by_delete_trigger"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "by_trigger"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "by_update_trigger"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "cached"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "expensive"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "from_subquery"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "lateral_join"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "nested_titles"
            referencedColumns: ["book_id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "partly"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "read_only_join"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "through_hidden"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "titles"
            referencedColumns: ["book_id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "twice"
            referencedColumns: ["again"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "twice"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "reviews_book_id_fkey"
            columns: ["book_id"]
            isOneToOne: true
            referencedRelation: "with_cte"
            referencedColumns: ["id"]
          },
        ]
      }
      nested_titles: {
        Row: {
          book_id: number | null
          name: string | null
          writer: number | null
        }
        Insert: {
          book_id?: number | null
          name?: string | null
          writer?: number | null
        }
        Update: {
          book_id?: number | null
          name?: string | null
          writer?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      one_author: {
        Row: {
          born: string | null
          id: number | null
          name: string | null
        }
        Insert: {
          born?: string | null
          id?: number | null
          name?: string | null
        }
        Update: {
          born?: string | null
          id?: number | null
          name?: string | null
        }
        Relationships: []
      }
      outer_of_hidden: {
        Row: {
          author_id: number | null
          id: number | null
        }
        Insert: {
          author_id?: number | null
          id?: number | null
        }
        Update: {
          author_id?: number | null
          id?: number | null
        }
        Relationships: []
      }
      partly: {
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
      read_only_join: {
        Row: {
          id: number | null
          name: string | null
        }
        Relationships: []
      }
      through_hidden: {
        Row: {
          author_id: number | null
          editor_id: number | null
          id: number | null
          price: number | null
          title: string | null
        }
        Insert: {
          author_id?: number | null
          editor_id?: number | null
          id?: number | null
          price?: number | null
          title?: string | null
        }
        Update: {
          author_id?: number | null
          editor_id?: number | null
          id?: number | null
          price?: number | null
          title?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_editor"
            columns: ["editor_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      titles: {
        Row: {
          book_id: number | null
          name: string | null
          writer: number | null
        }
        Insert: {
          book_id?: number | null
          name?: string | null
          writer?: number | null
        }
        Update: {
          book_id?: number | null
          name?: string | null
          writer?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["writer"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      twice: {
        Row: {
          again: number | null
          author_id: number | null
          id: number | null
        }
        Insert: {
          again?: number | null
          author_id?: number | null
          id?: number | null
        }
        Update: {
          again?: number | null
          author_id?: number | null
          id?: number | null
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      united: {
        Row: {
          author_id: number | null
          id: number | null
        }
        Relationships: []
      }
      with_cte: {
        Row: {
          author_id: number | null
          id: number | null
        }
        Relationships: [
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "author_names"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "authors"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "books_with_authors"
            referencedColumns: ["author"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_nothing"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "by_rule"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "one_author"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "books_author_id_fkey"
            columns: ["author_id"]
            isOneToOne: false
            referencedRelation: "with_default"
            referencedColumns: ["id"]
          },
        ]
      }
      with_default: {
        Row: {
          born: string | null
          id: number | null
          name: string | null
        }
        Insert: {
          born?: string | null
          id?: number | null
          name?: string | null
        }
        Update: {
          born?: string | null
          id?: number | null
          name?: string | null
        }
        Relationships: []
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
