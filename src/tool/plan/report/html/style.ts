import { chartRules, DARK, LIGHT } from "../charts/index.ts";

/** The page's style sheet: colours of AA contrast in light and dark, one column that fits a phone, and paper. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1f2328;--quiet:#59636e;--page:#f6f8fa;--card:#fff;--line:#d0d7de;--holds:#116329;--fails:#b42318;--unknown:#7a5b00;--bar:#0a58ca;--link:#0a58ca}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
header,main{max-width:60rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}header p{margin:0;color:var(--quiet)}
h1{margin:0;font-size:1.9rem;line-height:1.2;overflow-wrap:anywhere}h2{font-size:1.3rem;margin:2rem 0 .75rem}h3{font-size:1rem;margin:1rem 0 .25rem;overflow-wrap:anywhere}
p{margin:.25rem 0;overflow-wrap:anywhere}code{font:.875em ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
a{color:var(--link)}a:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.quiet{color:var(--quiet)}.verdict{font-size:1.15rem;font-weight:600}
.holds .mark,.verdict.holds .mark{color:var(--holds)}.fails .mark,.verdict.fails .mark{color:var(--fails)}.unknown .mark{color:var(--unknown)}
.cards{display:grid;gap:.75rem;margin-top:.75rem}
article{background:var(--card);border:1px solid var(--line);border-left-width:5px;border-radius:8px;padding:.75rem 1rem}
article h3{margin-top:0}article h3 span:last-child{font-weight:400;color:var(--quiet)}
article.holds{border-left-color:var(--holds)}article.fails,article.risk{border-left-color:var(--fails)}article.unknown,article.question{border-left-color:var(--unknown)}
.finding{margin-top:.75rem}.finding .severity{text-transform:uppercase;font-size:.75rem;letter-spacing:.04em;color:var(--quiet)}.finding h3 span:last-child{color:var(--quiet)}
.mend{background:var(--page);border-radius:6px;padding:.35rem .6rem;margin-top:.5rem}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px;margin:.5rem 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .7rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:middle;white-space:nowrap}
tbody tr:last-child>*{border-bottom:0}thead th{color:var(--quiet);font-weight:600;font-size:.875rem}tbody th{font-weight:600}
.figure:is(td,th){text-align:right}
.meter{display:inline-block;vertical-align:middle;width:4.5rem;height:.55rem;border:1px solid var(--quiet);border-radius:3px;overflow:hidden}
.meter span{display:block;height:100%;background:var(--bar)}.meter.high span{background:var(--unknown)}.meter.full span{background:var(--fails)}
.fall{display:block;min-width:10rem;width:100%;height:.7rem}.fall span{display:block;height:100%;min-width:2px;background:var(--bar);border-radius:2px}
.growth{padding-left:1.4rem}
.diagram{display:block}.diagram .link{fill:none;stroke:var(--quiet);stroke-width:1.5}.diagram .box{fill:var(--card);stroke:var(--quiet);stroke-width:1.25}
.diagram .clients{stroke-dasharray:5 3}.diagram .cache,.diagram .database{stroke-width:2.25}
.diagram text{font-size:13px;fill:var(--ink)}.diagram .name{font-weight:600;font-size:14px}.diagram text.quiet{fill:var(--quiet)}
svg{max-width:none}section>svg{display:block;max-width:100%;height:auto;margin:.5rem 0}
dl{margin:0}.figure:is(div){padding:.5rem 0;border-bottom:1px solid var(--line)}dt{font-weight:600;overflow-wrap:anywhere}dt code{font-weight:400;color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
.figure:target{background:var(--card);outline:2px solid var(--link);outline-offset:4px}
${chartRules(LIGHT)}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--quiet:#a2adb8;--page:#0d1117;--card:#14181d;--line:#3d444d;--holds:#4fd18b;--fails:#ff8f84;--unknown:#e3b341;--bar:#6cb2ff;--link:#6cb2ff}${chartRules(DARK)}}
@media print{body{background:#fff}.scroll{overflow:visible}article,.scroll,svg{break-inside:avoid}}
`;
