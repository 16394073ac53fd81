/**
 * The paths of routes: `/exact`, `/prefix/*`, `/users/:id/posts`. Pure.
 *
 *     pattern   = "/*" / 1*( "/" segment ) [ "/*" ] / exact "/"
 *     segment   = literal / ":" name
 *     literal   = 1*( characters of a path that mean themselves and nothing else )
 *
 * `/prefix/*` takes `/prefix` too. A parameter stands for one segment that is not empty. A slash at the end of an exact path
 * counts: `/a/` is not `/a`. Literals hold nothing percent-encoded, since a request's path is compared as RFC 3986 compares
 * paths (section 6.2.2): only unreserved characters are decoded.
 *
 * Of two patterns that take the same path, the first segment in which they differ decides: a literal comes before a parameter,
 * and a parameter before the star. So an exact path comes first, and a longer prefix before a shorter one.
 */
export interface PathPattern {
  /** What each segment has to be; undefined where a parameter stands. `/` is one empty segment, `/*` none. */
  readonly segments: readonly (string | undefined)[];
  readonly parameters: readonly PathParameter[];
  /** Whether it ends in a star. */
  readonly isPrefix: boolean;
}

export interface PathParameter {
  readonly name: string;
  /** Which segment, from 0. */
  readonly segment: number;
}

/** What is wrong with a part of a route, and how to mend it: the ends of a sentence that begins with its place. */
export interface Malformed {
  readonly problem: string;
  readonly mend: string;
}

/** More segments than any sensible path has: they bound the depth of a look-up. */
const SEGMENTS_MAX = 32;
/** Each parameter is a place where a look-up may have to come back and try again. */
const PARAMETERS_MAX = 8;

const LITERAL = /^[A-Za-z0-9\-._~!$&'()+,=:@]+$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** What templates call these already. */
const RESERVED = new Set(["path", "rest", "host"]);

/** Reads a route's path, or says what is wrong with it. */
export function parsePath(path: string): PathPattern | Malformed {
  if (!path.startsWith("/")) return malformed("does not begin with a slash", "write it as in /orders/*");
  const isPrefix = path.endsWith("/*");
  const texts = (isPrefix ? path.slice(1, -2) : path.slice(1)).split("/");
  if (isPrefix && path.length === 2) texts.pop();
  if (texts.length > SEGMENTS_MAX)
    return malformed(`has more than ${SEGMENTS_MAX} segments`, "end it earlier with /*");
  const segments: (string | undefined)[] = [];
  const parameters: PathParameter[] = [];
  for (const [segment, text] of texts.entries()) {
    if (text.startsWith(":")) {
      const name = text.slice(1);
      const wrong = problemOfName(name, parameters);
      if (wrong) return wrong;
      parameters.push({ name, segment });
      segments.push(undefined);
      continue;
    }
    const isLast = segment === texts.length - 1;
    const wrong = text === "" && isLast && !isPrefix ? undefined : problemOfLiteral(text);
    if (wrong) return wrong;
    segments.push(text);
  }
  if (isPrefix && parameters.length > 0) {
    return malformed(
      "has both parameters and a star",
      "name each segment, as in /users/:id/posts, or take all that is below, as in /users/*",
    );
  }
  return { segments, parameters, isPrefix };
}

/** Whether something was wrong. */
export function isMalformed(parsed: object): parsed is Malformed {
  return "problem" in parsed;
}

/** Says what is wrong. */
export function malformed(problem: string, mend: string): Malformed {
  return { problem, mend };
}

function problemOfName(name: string, before: readonly PathParameter[]): Malformed | undefined {
  if (!NAME.test(name)) {
    return malformed(`has the parameter ":${name}"`, "name it by letters, digits and underscores, as in :id");
  }
  if (RESERVED.has(name))
    return malformed(`has a parameter named "${name}"`, `{${name}} means something else`);
  if (before.some((other) => other.name === name)) {
    return malformed(`has the parameter ":${name}" twice`, "give each a name of its own");
  }
  if (before.length === PARAMETERS_MAX) {
    return malformed(`has more than ${PARAMETERS_MAX} parameters`, "end it earlier with /*");
  }
  return undefined;
}

function problemOfLiteral(text: string): Malformed | undefined {
  if (text === "") return malformed("has an empty segment", "write one slash where there are two");
  if (text === "." || text === "..") {
    return malformed("has a dot segment, which no request may have", "write the path that it leads to");
  }
  if (text.includes("*")) {
    return malformed(
      `has a star in "${text}"`,
      "let a star stand alone at the end, as in /files/*; one segment of any kind is /:name",
    );
  }
  if (!LITERAL.test(text)) {
    return malformed(
      `has "${text}", which holds a character that does not mean itself`,
      "use letters, digits and -._~!$&'()+,=:@",
    );
  }
  return undefined;
}
