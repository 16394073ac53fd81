import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ActionAnswer, CachePage, CacheText, CacheValueAnswer } from "../../../../control-api/index.ts";
import { ApiError } from "../../../model/api-error.ts";
import { formatted } from "../../../model/format.ts";
import { hexDump } from "../../../model/hex-dump.ts";
import { laidOutJson } from "../../../model/json-text.ts";
import { setParams } from "../../state/address.ts";
import { partPath, post } from "../../state/api.ts";
import { nowMs } from "../../state/clock.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Empty, Failure, Loading } from "../../ui/empty.tsx";
import { Table } from "../../ui/table.tsx";
import { tell } from "../../ui/toast.tsx";
import { askData, usePages } from "../ask-data.ts";
import { CopyButton } from "../copy.tsx";
import { ShownText } from "../shown-text.tsx";
import { ValueText } from "../value-text.tsx";
import { TimeToLive } from "./key-list.tsx";

type ValuePage = CacheValueAnswer & { readonly foundMs: number };

/** What a key holds. */
export function CacheValue({
  part,
  name,
  onGone,
}: {
  readonly part: string;
  readonly name: string;
  readonly onGone: () => void;
}): JSX.Element {
  const { pages, error, isLoading, more, reload } = usePages<ValuePage>(
    JSON.stringify([part, name]),
    async (before, signal) => {
      const input = { key: name, ...(before?.next === undefined ? {} : { offset: before.next }) };
      return { ...(await askData<CacheValueAnswer>(part, "value", input, signal)), foundMs: nowMs.peek() };
    },
    (page) => page.next === undefined,
  );
  const [isAsking, setAsking] = useState(false);
  const [first] = pages;
  const close = () => setParams({ key: undefined });
  return (
    <>
      <header class="card-head data-value-head">
        <h2 class="mono">
          <bdi>{name}</bdi>
        </h2>
        <CopyButton what="the key" text={() => name} />
        <Button look="quiet" icon="restart" label="Read it again" onClick={reload} />
        <Button look="danger" onClick={() => setAsking(true)}>
          Delete
        </Button>
        <Button look="quiet" icon="close" label="Close" onClick={close} />
      </header>
      {first && <About of={first} />}
      {pages.length > 0 && <Value pages={pages} />}
      {error && <Failure error={error} onRetry={more ?? reload} />}
      {isLoading && pages.length === 0 && <Loading lines={5} />}
      {more && !error && (
        <div class="data-more">
          <Button onClick={more}>Read on</Button>
        </div>
      )}
      {isAsking && (
        <DeleteDialog
          part={part}
          name={name}
          onClose={() => setAsking(false)}
          onDone={() => {
            close();
            onGone();
          }}
        />
      )}
    </>
  );
}

function About({ of }: { readonly of: ValuePage }): JSX.Element {
  const count =
    of.type === "string" ? formatted(of.length, "bytes") : `${of.length?.toLocaleString("en")} elements`;
  return (
    <p class="data-value-about">
      <Badge>{of.type}</Badge>
      {of.length !== undefined && <span>{count}</span>}
      {of.bytes !== undefined && <span class="soft">{formatted(of.bytes, "bytes")} of memory</span>}
      {of.encoding !== undefined && <span class="soft">kept as {of.encoding}</span>}
      <span class="soft">
        {of.ttlMs === undefined ? (
          "does not expire"
        ) : (
          <>
            expires in <TimeToLive of={of} />
          </>
        )}
      </span>
    </p>
  );
}

function Value({ pages }: { readonly pages: readonly ValuePage[] }): JSX.Element {
  const shapes = pages.map(({ page }) => page);
  const texts = shapes.flatMap((page) => (page.shape === "text" ? [page] : []));
  if (texts.length > 0) return <TextValue pages={texts} isWhole={pages.at(-1)?.next === undefined} />;
  const rows = shapes.flatMap((page) => (page.shape === "rows" ? [page] : []));
  if (rows.length > 0) return <RowsValue pages={rows} />;
  return <Empty icon="data" title={`The page cannot show what is of type ${pages[0]?.type}`} />;
}

function TextValue({
  pages,
  isWhole,
}: {
  readonly pages: readonly (CachePage & { shape: "text" })[];
  readonly isWhole: boolean;
}): JSX.Element {
  const [asJson, setAsJson] = useState(true);
  const isText = pages.every(({ value }) => value.form === "text");
  const text = pages.map(({ value }) => value.text).join("");
  const json = isText && isWhole ? laidOutJson(text) : undefined;
  return (
    <div class="data-value">
      <div class="data-value-tools">
        {json !== undefined && (
          <Button pressed={asJson} onClick={() => setAsJson(!asJson)}>
            JSON, laid out
          </Button>
        )}
        {!isText && <span class="soft">These bytes are no text</span>}
        <CopyButton what={isText ? "the value" : "the value's bytes in hexadecimal"} text={() => text}>
          Copy
        </CopyButton>
      </div>
      {isText ? (
        <ValueText>
          <ShownText text={json !== undefined && asJson ? json : text} />
        </ValueText>
      ) : (
        <Dump pages={pages} />
      )}
    </div>
  );
}

function Dump({ pages }: { readonly pages: readonly (CachePage & { shape: "text" })[] }): JSX.Element {
  const lines = pages.flatMap(({ value, from }) => hexDump(hexOf(value), from));
  return (
    <ValueText isDump>
      {lines.map((line) => (
        <span key={line.at}>
          <span class="faint">{line.at}</span> {line.bytes.padEnd(47)} <span class="soft">{line.text}</span>
          {"\n"}
        </span>
      ))}
    </ValueText>
  );
}

/** A page that happens to be text, between others that are not, is shown as bytes too. */
function hexOf(value: CacheText): string {
  if (value.form === "hex") return value.text;
  return [...new TextEncoder().encode(value.text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function RowsValue({ pages }: { readonly pages: readonly (CachePage & { shape: "rows" })[] }): JSX.Element {
  const columns = pages[0]?.columns ?? [];
  const rows = pages.flatMap((page) => page.rows).map((cells, at) => ({ cells, at }));
  const leftOut = pages.reduce((sum, page) => sum + page.leftOut, 0);
  const asJson = () =>
    JSON.stringify(
      rows.map(({ cells }) => Object.fromEntries(columns.map((name, at) => [name, cells[at]?.text]))),
      undefined,
      2,
    );
  return (
    <div class="data-value">
      <div class="data-value-tools">
        <CopyButton what={`${rows.length} elements as JSON`} text={asJson}>
          Copy as JSON
        </CopyButton>
      </div>
      <Table
        caption="Elements"
        columns={columns.map((title, at) => ({
          id: title,
          title,
          cell: ({ cells }: (typeof rows)[number]) => <Element of={cells[at]} />,
        }))}
        rows={rows}
        keyOf={({ at }) => at}
      />
      {leftOut > 0 && <p class="data-cut">{leftOut.toLocaleString("en")} elements had no room here</p>}
    </div>
  );
}

function Element({ of }: { readonly of: CacheText | undefined }): JSX.Element {
  if (!of) return <span class="faint">–</span>;
  return (
    <span class={`data-element mono${of.form === "hex" ? " data-element-hex" : ""}`}>
      <ShownText text={of.form === "hex" ? `0x${of.text}` : of.text} />
      {of.isCut && <span class="data-cut-mark"> … of {formatted(of.bytes, "bytes")}</span>}
    </span>
  );
}

function DeleteDialog({
  part,
  name,
  onClose,
  onDone,
}: {
  readonly part: string;
  readonly name: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const act = async () => {
    try {
      const { message } = await post<ActionAnswer>(partPath(part, "actions/delete-key"), { key: name });
      tell(message);
      onDone();
    } catch (error) {
      tell(error instanceof ApiError ? error.message : String(error), "bad");
    }
    onClose();
  };
  return (
    <Dialog
      title="Delete this key?"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" onClick={() => void act()}>
            Delete
          </Button>
        </>
      }
    >
      <p class="data-value-name mono">
        <bdi>{name}</bdi>
      </p>
      <p class="soft">Its value is lost.</p>
    </Dialog>
  );
}
