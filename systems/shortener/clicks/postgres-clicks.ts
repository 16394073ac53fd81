import type { Database, Statement } from "../database/database.ts";
import type { ClickBatch, ClickStatistics, Clicks } from "./clicks.ts";
import { DIRECT, OTHER } from "./referrer.ts";

/** Clicks in PostgreSQL. */
export class PostgresClicks implements Clicks {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add({ id, rows }: ClickBatch): Promise<void> {
    const values = [
      id,
      rows.map((row) => row.linkId),
      rows.map((row) => row.day),
      rows.map((row) => row.referrer),
      rows.map((row) => row.device),
      rows.map((row) => row.count),
    ];
    await this.#database.run((session) => session.query(ADD, values));
  }

  async statistics(linkId: number, days: number): Promise<ClickStatistics> {
    const rows = await this.#database.run((session) =>
      session.query<StatisticsRow>(STATISTICS, [linkId, days]),
    );
    const frequentFirst = rows.toSorted((one, other) => other.clicks - one.clicks);
    return {
      byDay: rows
        .flatMap(({ day, clicks }) => (day === null ? [] : [{ day, clicks }]))
        .sort((one, other) => (one.day < other.day ? -1 : 1)),
      byReferrer: frequentFirst
        .flatMap(({ referrer, clicks }) => (referrer === null ? [] : [{ referrer, clicks }]))
        .slice(0, 100),
      byDevice: frequentFirst.flatMap(({ device, clicks }) => (device === null ? [] : [{ device, clicks }])),
    };
  }
}

interface StatisticsRow {
  readonly day: string | null;
  readonly referrer: string | null;
  readonly device: string | null;
  readonly clicks: number;
}

/** How many referrers a link keeps apart on one day, so that made-up ones cannot fill the disk. */
const REFERRERS_PER_DAY_MAX = 100;

/**
 * One statement, and so one transaction: the batch's id, the sums with the links and the divided counts stand or fall
 * together. Rows are locked in the order of their keys, so that two replicas never wait for each other in a circle; the lock
 * on a link keeps it from being deleted half-way.
 */
const ADD: Statement = {
  name: "clicks-add",
  text: `with
    fresh as (
      insert into click_batches (id) values ($1) on conflict do nothing returning id
    ),
    incoming as (
      select * from unnest($2::bigint[], $3::date[], $4::text[], $5::text[], $6::bigint[])
        as row (link_id, day, referrer, device, count)
      where exists (select from fresh)
    ),
    alive as materialized (
      select id from links where id in (select link_id from incoming) order by id for no key update
    ),
    summed as (
      update links set clicks = clicks + sums.count
      from (select link_id, sum(count) as count from incoming group by link_id) as sums
      where links.id = sums.link_id and links.id in (select id from alive)
    ),
    crowded as (
      select link_id, day from clicks
      where (link_id, day) in (
        select link_id, day from incoming where referrer not in ('${DIRECT}', '${OTHER}'))
      group by link_id, day having count(distinct referrer) >= ${REFERRERS_PER_DAY_MAX}
    ),
    placed as (
      select link_id, day, device, count, case
        when (link_id, day) not in (select link_id, day from crowded) or exists (
          select from clicks where (clicks.link_id, clicks.day, clicks.referrer)
            = (incoming.link_id, incoming.day, incoming.referrer))
        then referrer else '${OTHER}' end as referrer
      from incoming where link_id in (select id from alive)
    )
    insert into clicks (link_id, day, referrer, device, count)
    select link_id, day, referrer, device, sum(count) from placed
    group by link_id, day, referrer, device order by link_id, day, referrer, device
    on conflict (link_id, day, referrer, device) do update set count = clicks.count + excluded.count`,
};

const STATISTICS: Statement = {
  name: "clicks-statistics",
  text: `select day::text, referrer, device, sum(count)::bigint as clicks from clicks
    where link_id = $1 and day > (now() at time zone 'UTC')::date - $2::integer
    group by grouping sets ((day), (referrer), (device))`,
};
