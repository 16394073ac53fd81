-- Numbers are leased from one row in blocks; a link's number is its identity, and the permutation of that number under
-- this key is its code. The key is drawn once, here, and must never change: codes made under another could meet these.
create table code_counter (
  one boolean primary key default true check (one),
  next bigint not null,
  key bytea not null check (length(key) = 32)
);
insert into code_counter (next, key)
values (0, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

create table links (
  id bigint primary key,
  -- Codes are compared byte by byte, whatever the database's language.
  code text collate "C" not null unique,
  url text not null,
  title text,
  permanent boolean not null default false,
  -- Whole milliseconds, so that a cursor made from one is exact.
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3),
  clicks bigint not null default 0
)
-- Counting clicks rewrites rows: room on each page keeps the new version beside the old one, and the indexes untouched.
with (fillfactor = 80);
create index links_newest_first on links (created_at desc, id desc);

-- The answers given to requests that carried an Idempotency-Key, for 24 hours.
create table idempotency_keys (
  key text collate "C" primary key,
  fingerprint bytea not null,
  -- Null only inside the transaction that makes the link.
  answer text,
  created_at timestamptz not null default now()
);
create index idempotency_keys_age on idempotency_keys (created_at);
