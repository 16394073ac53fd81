/** A fenced block of a Markdown page. */
export interface Fence {
  /** The first word after the fence: `ts`, `sh`, … */
  readonly language: string;
  /** The rest of that line. */
  readonly info: string;
  readonly text: string;
  /** Of its opening fence, counted from 1. */
  readonly line: number;
}

/** The fenced blocks of a page (CommonMark 4.5, with backticks, at the margin). */
export function fencesOf(page: string): Fence[] {
  const fences: Fence[] = [];
  let open: { marks: string; language: string; info: string; line: number; lines: string[] } | undefined;
  page.split("\n").forEach((text, index) => {
    const [, marks = "", rest = ""] = /^(`{3,})(.*)$/.exec(text) ?? [];
    if (open) {
      if (marks.length >= open.marks.length && rest.trim() === "") {
        fences.push({
          language: open.language,
          info: open.info,
          text: open.lines.join("\n"),
          line: open.line,
        });
        open = undefined;
      } else open.lines.push(text);
    } else if (marks !== "") {
      const [language = "", ...info] = rest.trim().split(" ");
      open = { marks, language, info: info.join(" "), line: index + 1, lines: [] };
    }
  });
  return fences;
}

/** The paths that a page links to or shows, from its own folder; without addresses of the web and places in the page. */
export function pathsOf(page: string): string[] {
  const prose = page.replaceAll(/^`{3,}[\s\S]*?^`{3,}$/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target.replace(/#.*$/, ""))
    .filter((target) => target !== "" && !/^[a-z]+:/.test(target));
}

/** What a page tells people to type after `trestle` and `npm run`, in code alone: prose may say what it likes. */
export function commandsOf(page: string): { readonly verbs: string[]; readonly scripts: string[] } {
  const code = [
    ...fencesOf(page)
      .filter(({ language }) => language === "sh")
      .map(({ text }) => text),
    ...[...page.matchAll(/`([^`\n]+)`/g)].map(([, text = ""]) => text),
  ].join("\n");
  const words = (pattern: RegExp) => [...new Set([...code.matchAll(pattern)].map(([, word = ""]) => word))];
  return {
    verbs: words(/(?:^|npx |&& |`)trestle ([a-z]+)\b/gm),
    scripts: words(/npm run (?:--silent )?([a-z:]+)/g),
  };
}
