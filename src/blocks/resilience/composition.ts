import type { ResilienceErrorCode } from "./errors.ts";
import type { Layer, LayerRole } from "./layer.ts";

/** Any layer. */
export type AnyLayer = Layer<unknown, ResilienceErrorCode, never, LayerRole>;

type TypesOf<One> = One extends { readonly types?: infer Types } ? NonNullable<Types> : never;
type AddsOf<One> = TypesOf<One> extends { readonly adds: infer Adds } ? Adds : never;
type CodeOf<One> = TypesOf<One> extends { readonly code: infer Code } ? Code : never;
type AcceptsOf<One> =
  TypesOf<One> extends { readonly accepts: (value: infer Accepts) => void } ? Accepts : unknown;

/** What the layers may answer with in place of the work's value. */
export type Adds<Layers extends readonly AnyLayer[]> = AddsOf<Layers[number]>;

/** The errors of their own that reach the caller: what recovers from every failure lets none of those inside of it through. */
export type Codes<Layers extends readonly AnyLayer[]> = Layers extends readonly [
  infer First extends AnyLayer,
  ...infer Inner extends readonly AnyLayer[],
]
  ? First["role"] extends "recovers"
    ? CodeOf<First>
    : CodeOf<First> | Codes<Inner>
  : never;

/** The values of the work that every layer can deal with. */
export type Accepts<Layers extends readonly AnyLayer[]> = Layers extends readonly [
  infer First extends AnyLayer,
  ...infer Inner extends readonly AnyLayer[],
]
  ? AcceptsOf<First> & Accepts<Inner>
  : unknown;

/**
 * The layers, where their order makes sense; otherwise a message in place of the first that is out of place. A fallback
 * inside of what acts on failures would hide them from it: a retry would never retry, a circuit breaker never open.
 */
export type InOrder<
  Layers extends readonly AnyLayer[],
  Judged extends boolean = false,
> = Layers extends readonly [infer First extends AnyLayer, ...infer Inner extends readonly AnyLayer[]]
  ? First["role"] extends "recovers" | "may-recover"
    ? Judged extends true
      ? readonly [
          "a fallback has to stand before retry, circuitBreaker and hedge: inside, it hides failures from them",
        ]
      : readonly [First, ...InOrder<Inner, Judged>]
    : readonly [First, ...InOrder<Inner, First["role"] extends "judges" ? true : Judged>]
  : readonly [];
