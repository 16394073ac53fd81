-- Clicks by day, referrer and device; the sum of all is kept with the link. They are kept by link number, not by code: a code that is deleted and made anew starts from nothing.
create table clicks (
  link_id bigint not null,
  day date not null,
  device text not null,
  referrer text collate "C" not null,
  count bigint not null,
  primary key (link_id, day, referrer, device)
);

-- The batches that were counted, so that one sent again after a lost answer is not counted twice.
create table click_batches (
  id uuid primary key,
  counted_at timestamptz not null default now()
);
create index click_batches_age on click_batches (counted_at);
