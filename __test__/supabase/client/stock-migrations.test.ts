// What the example projects of Supabase do in their migrations, in our own words.
import { expect, test } from 'vitest'
import { createClient, directoryOf, rows } from './support'

/** The first lines of every dump that Supabase's CLI makes, and its last ones. */
const DUMP_HEADER = String.raw`
\restrict q1w2e3
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE EXTENSION IF NOT EXISTS "pg_cron" WITH SCHEMA "pg_catalog";
CREATE EXTENSION IF NOT EXISTS "pg_net" WITH SCHEMA "extensions";
CREATE EXTENSION IF NOT EXISTS "pgsodium";
COMMENT ON SCHEMA "public" IS 'standard public schema';
CREATE EXTENSION IF NOT EXISTS "pg_graphql" WITH SCHEMA "graphql";
CREATE EXTENSION IF NOT EXISTS "pg_stat_statements" WITH SCHEMA "extensions";
COMMENT ON EXTENSION "pg_stat_statements" IS 'track statistics';
CREATE EXTENSION IF NOT EXISTS "pgcrypto" WITH SCHEMA "extensions";
CREATE EXTENSION IF NOT EXISTS "pgjwt" WITH SCHEMA "extensions";
CREATE EXTENSION IF NOT EXISTS "supabase_vault" WITH SCHEMA "vault";
CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA "extensions";
SET default_tablespace = '';
SET default_table_access_method = "heap";
`
const DUMP_END = String.raw`
ALTER PUBLICATION "supabase_realtime" OWNER TO "postgres";
GRANT USAGE ON SCHEMA "public" TO "postgres";
GRANT USAGE ON SCHEMA "public" TO "anon";
GRANT ALL ON TABLE "public"."notes" TO "anon";
GRANT ALL ON TABLE "public"."notes" TO "service_role";
ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" IN SCHEMA "public" GRANT ALL ON SEQUENCES TO "postgres";
ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" IN SCHEMA "public" GRANT ALL ON TABLES TO "authenticated";
ALTER DEFAULT PRIVILEGES FOR ROLE "postgres" IN SCHEMA "public" GRANT ALL ON FUNCTIONS TO "service_role";
RESET ALL;
\unrestrict q1w2e3
`

test('a dump of a hosted project applies: extensions of the platform are passed over', async () => {
  const supabase = createClient({
    migrations: directoryOf({
      '20240101000000_remote_schema.sql': `${DUMP_HEADER}
        CREATE TABLE IF NOT EXISTS "public"."notes" (
          "id" "uuid" DEFAULT "extensions"."uuid_generate_v4"() NOT NULL,
          "user_id" "uuid" DEFAULT "auth"."uid"(),
          "body" "text",
          "key" "text" DEFAULT "encode"("extensions"."gen_random_bytes"(8), 'hex'::"text")
        );
        ALTER TABLE "public"."notes" OWNER TO "postgres";
        ALTER TABLE ONLY "public"."notes" ADD CONSTRAINT "notes_pkey" PRIMARY KEY ("id");
        ALTER TABLE ONLY "public"."notes" ADD CONSTRAINT "notes_user_id_fkey"
          FOREIGN KEY ("user_id") REFERENCES "auth"."users"("id") ON DELETE CASCADE;
        CREATE POLICY "own notes" ON "public"."notes" TO "authenticated" USING (("auth"."uid"() = "user_id"));
        ALTER TABLE "public"."notes" ENABLE ROW LEVEL SECURITY;
        ${DUMP_END}`,
    }),
    seed: `insert into public.notes (body) values ('first')`,
  })
  expect(await rows(supabase, 'select body, length(key) as key from notes')).toEqual([
    { body: 'first', key: 16 },
  ])
})

test('user management: profiles made by a trigger on auth.users, and a bucket for avatars', async () => {
  const supabase = createClient({
    migrations: directoryOf({
      '20240101000000_profiles.sql': `
        create table profiles (
          id uuid references auth.users on delete cascade not null primary key,
          updated_at timestamp with time zone, username text unique, avatar_url text,
          constraint username_length check (char_length(username) >= 3)
        );
        alter table profiles enable row level security;
        create policy "Everyone sees profiles." on profiles for select using (true);
        create policy "One makes one's own." on profiles for insert with check ((select auth.uid()) = id);
        create policy "One changes one's own." on profiles for update using ((select auth.uid()) = id);
        create function public.handle_new_user() returns trigger set search_path = '' as $$
        begin
          insert into public.profiles (id, username, avatar_url)
          values (new.id, new.raw_user_meta_data ->> 'username', new.raw_user_meta_data ->> 'avatar_url');
          return new;
        end;
        $$ language plpgsql security definer;
        create trigger on_auth_user_created after insert on auth.users
          for each row execute procedure public.handle_new_user();
        insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true);
        create policy "Avatars are public." on storage.objects for select using (bucket_id = 'avatars');
        create policy "Anyone adds an avatar." on storage.objects for insert to authenticated
          with check (bucket_id = 'avatars' and (storage.foldername(name))[1] = (select auth.uid())::text);`,
    }),
    seed: `insert into auth.users (instance_id, id, aud, role, email, raw_user_meta_data, created_at)
      values ('00000000-0000-0000-0000-000000000000', '11111111-1111-4111-8111-111111111111', 'authenticated',
      'authenticated', 'ada@example.com', '{"username": "ada"}', now());
      insert into auth.identities (provider_id, user_id, identity_data, provider)
      select id, id, jsonb_build_object('sub', id, 'email', email), 'email' from auth.users;`,
  })
  expect(await rows(supabase, 'select username from profiles')).toEqual([{ username: 'ada' }])
  expect(await rows(supabase, 'select email, provider from auth.identities')).toEqual([
    { email: 'ada@example.com', provider: 'email' },
  ])
  await rows(supabase, 'delete from auth.users')
  expect(await rows(supabase, 'select * from profiles')).toEqual([])
  expect(await rows(supabase, 'select * from auth.identities')).toEqual([])
})

test('a todo list: each user has rows of his own', async () => {
  const supabase = createClient({
    schema: `
      create table todos (
        id bigint generated by default as identity primary key,
        user_id uuid references auth.users not null,
        task text check (char_length(task) > 3),
        is_complete boolean default false,
        inserted_at timestamp with time zone default timezone('utc'::text, now()) not null
      );
      alter table todos enable row level security;
      create policy "own todos" on todos for all using (auth.uid() = user_id) with check (auth.uid() = user_id);
      grant usage on sequence todos_id_seq to authenticated;`,
    seed: `insert into auth.users (id) values ('11111111-1111-4111-8111-111111111111'), ('22222222-2222-4222-8222-222222222222');
      insert into todos (user_id, task) select id, 'task of ' || left(id::text, 1) from auth.users`,
  })
  const seen = await supabase.db.transaction(async (tx) => {
    const claims = JSON.stringify({
      sub: '22222222-2222-4222-8222-222222222222',
      role: 'authenticated',
    })
    await tx.query('set local role authenticated')
    await tx.query(`select set_config('request.jwt.claims', $1, true)`, [claims])
    return (await tx.query('select task from todos')).rows
  })
  expect(seen).toEqual([{ task: 'task of 2' }])
})

test('a chat with roles in the token: enums, an auth hook, grants to the auth service, realtime', async () => {
  const supabase = createClient({
    migrations: directoryOf({
      '20240101000000_chat.sql': `
        create type public.app_permission as enum ('channels.delete', 'messages.delete');
        create type public.app_role as enum ('admin', 'moderator');
        create type public.user_status as enum ('ONLINE', 'OFFLINE');
        create table public.users (id uuid references auth.users not null primary key, username text,
          status user_status default 'OFFLINE'::public.user_status);
        comment on table public.users is 'Profile of each user.';
        comment on column public.users.id is 'References the internal user.';
        create table public.channels (id bigint generated by default as identity primary key,
          inserted_at timestamptz default timezone('utc'::text, now()) not null, slug text not null unique,
          created_by uuid references public.users not null);
        create table public.messages (id bigint generated by default as identity primary key, message text,
          user_id uuid references public.users not null,
          channel_id bigint references public.channels on delete cascade not null);
        create table public.user_roles (id bigint generated by default as identity primary key,
          user_id uuid references public.users on delete cascade not null, role app_role not null, unique (user_id, role));
        create table public.role_permissions (id bigint generated by default as identity primary key,
          role app_role not null, permission app_permission not null, unique (role, permission));
        create function public.authorize(requested_permission app_permission) returns boolean as $$
        declare bind_permissions int;
        begin
          select count(*) from public.role_permissions
          where role_permissions.permission = authorize.requested_permission
          and role_permissions.role = (auth.jwt() ->> 'user_role')::public.app_role into bind_permissions;
          return bind_permissions > 0;
        end; $$ language plpgsql security definer set search_path = public;
        alter table public.users enable row level security;
        alter table public.channels enable row level security;
        alter table public.messages enable row level security;
        create policy "logged in reads" on public.channels for select using (auth.role() = 'authenticated');
        create policy "may delete" on public.channels for delete using (authorize('channels.delete'));
        begin;
          drop publication if exists supabase_realtime;
          create publication supabase_realtime;
        commit;
        alter publication supabase_realtime add table public.channels;
        alter publication supabase_realtime add table public.messages;
        alter table public.users replica identity full;`,
      '20240102000000_hook.sql': `
        create or replace function public.custom_access_token_hook(event jsonb) returns jsonb
        language plpgsql stable as $$
        declare claims jsonb; user_role public.app_role;
        begin
          select role into user_role from public.user_roles where user_id = (event ->> 'user_id')::uuid;
          claims := event -> 'claims';
          claims := jsonb_set(claims, '{user_role}', coalesce(to_jsonb(user_role), 'null'));
          return jsonb_set(event, '{claims}', claims);
        end; $$;
        grant usage on schema public to supabase_auth_admin;
        grant execute on function public.custom_access_token_hook to supabase_auth_admin;
        revoke execute on function public.custom_access_token_hook from authenticated, anon, public;
        grant all on table public.user_roles to supabase_auth_admin;
        create policy "auth reads roles" on public.user_roles as permissive for select to supabase_auth_admin using (true);
        create policy "members only" on realtime.messages for select to authenticated
          using ((select realtime.topic()) like 'room:%' and realtime.messages.extension in ('broadcast', 'presence'));`,
    }),
    seed: `insert into auth.users (id) values ('11111111-1111-4111-8111-111111111111');
      insert into public.users (id) select id from auth.users;
      insert into public.user_roles (user_id, role) select id, 'admin' from public.users;`,
  })
  expect(
    await rows(
      supabase,
      `select public.custom_access_token_hook(jsonb_build_object('user_id', id, 'claims', '{}'::jsonb)) -> 'claims' as claims
       from public.users`
    )
  ).toEqual([{ claims: { user_role: 'admin' } }])
  expect(
    await rows(
      supabase,
      `select tablename from pg_publication_tables where pubname = 'supabase_realtime' order by 1`
    )
  ).toEqual([{ tablename: 'channels' }, { tablename: 'messages' }])
})

test('a content site: a changefeed by trigger, a search column, a storage policy by owner', async () => {
  const supabase = createClient({
    schema: `
      create table public.posts (
        id uuid primary key default gen_random_uuid(), author uuid references auth.users (id) default auth.uid(),
        title text not null, body text, published_at timestamptz,
        search tsvector generated always as (to_tsvector('english', title || ' ' || coalesce(body, ''))) stored
      );
      create index posts_search on public.posts using gin (search);
      create view public.published with (security_invoker = on) as
        select id, title from public.posts where published_at is not null;
      alter table public.posts enable row level security;
      create policy "published or own" on public.posts for select to anon, authenticated
        using (published_at is not null or author = (select auth.uid()));
      create function public.told() returns trigger security definer language plpgsql as $$
      begin
        perform realtime.broadcast_changes('posts', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
        return null;
      end; $$;
      create trigger told after insert or update or delete on public.posts for each row execute function public.told();
      insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
        values ('covers', 'covers', false, 1048576, array['image/png']) on conflict (id) do nothing;
      create policy "owner" on storage.objects for all to authenticated
        using (bucket_id = 'covers' and owner_id = (select auth.jwt() ->> 'sub'));`,
    seed: `insert into public.posts (title, published_at) values ('Ships sail', now())`,
  })
  expect(await rows(supabase, 'select title from published')).toEqual([{ title: 'Ships sail' }])
  expect(
    await rows(
      supabase,
      `select event, topic, payload ->> 'operation' as op from realtime.messages`
    )
  ).toEqual([{ event: 'INSERT', topic: 'posts', op: 'INSERT' }])
})
