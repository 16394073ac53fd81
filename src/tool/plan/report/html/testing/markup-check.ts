import assert from "node:assert/strict";

/** What a page of a plan is made of: anything else came from a text that was not escaped. */
const ELEMENTS = new Set(
  "html head meta title style body header main nav section article h1 h2 h3 p ul ol li a code strong span bdi br div table thead tbody tr th td dl dt dd svg desc g rect path text tspan".split(
    " ",
  ),
);
const ATTRIBUTES = new Set(
  "lang charset http-equiv content name class id href role aria-label aria-labelledby aria-hidden tabindex scope style xmlns viewBox width height font-family font-size font-weight text-anchor x y dx rx d fill stroke stroke-width stroke-dasharray stroke-linejoin stroke-linecap transform".split(
    " ",
  ),
);
const VOID = new Set(["meta", "br"]);

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+="[^"<>]*")*)\s*(\/?)>/g;

/** Finds that all angles of a page belong to tags that it may have, with attributes that it may have, each closed in its order. */
export function assertWellFormed(html: string): void {
  const body = html.replace(/^<!doctype html>/, "");
  const open: string[] = [];
  for (const [, closes, name = "", attributes = "", closed] of body.matchAll(TAG)) {
    assert.ok(ELEMENTS.has(name), `<${name}> has no place in a page`);
    for (const [, attribute = ""] of attributes.matchAll(/([a-zA-Z-]+)="/g)) {
      assert.ok(ATTRIBUTES.has(attribute), `${attribute} has no place in <${name}>`);
    }
    if (closes) assert.equal(open.pop(), name, "tags close in their order");
    else if (!closed && !VOID.has(name)) open.push(name);
  }
  assert.deepEqual(open, [], "every tag is closed");
  const between = body.replaceAll(/<style>[^<]*<\/style>/g, "").replaceAll(TAG, "");
  assert.doesNotMatch(between, /[<>]/, "no angle is left over");
  assert.doesNotMatch(between, /&(?!(?:amp|lt|gt|quot|#39);)/, "every ampersand begins an entity");
}

/** Finds that ids are unique, and that each link leads to one. */
export function assertLinked(html: string): void {
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, "ids are unique");
  const known = new Set(ids);
  for (const [, to] of html.matchAll(/\shref="#([^"]*)"/g)) assert.ok(known.has(to), `#${to} is there`);
  for (const [, to] of html.matchAll(/\saria-labelledby="([^"]*)"/g))
    assert.ok(known.has(to), `${to} is there`);
}

/** What a reader reads, drawings included. */
export function textOf(html: string): string {
  return html
    .replaceAll(/<style>[^<]*<\/style>/g, "")
    .replaceAll(TAG, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
