import { chartRules, DARK, LIGHT } from "../charts/index.ts";

const LIGHT_COLOURS =
  "--ink:#1f2328;--quiet:#59636e;--page:#f6f8fa;--card:#fff;--line:#d0d7de;--holds:#116329;--fails:#b42318;--unknown:#7a5b00;--bar:#0a58ca;--track:#dde3ea;--link:#0a58ca";
const DARK_COLOURS =
  "--ink:#e6edf3;--quiet:#a2adb8;--page:#0d1117;--card:#14181d;--line:#3d444d;--holds:#4fd18b;--fails:#ff8f84;--unknown:#e3b341;--bar:#6cb2ff;--track:#2a3038;--link:#6cb2ff";

/** Below that a page is a phone's: drawings for one, and less room between things. */
const NARROW = "(max-width:44rem)";

const PAGE = `
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;-webkit-text-size-adjust:100%}
header,main{max-width:62rem;margin:0 auto;padding:0 1rem}main{padding-bottom:3rem}
header{padding-top:1.5rem;padding-bottom:.75rem}header p{margin:0;color:var(--quiet)}
h1{margin:0;font-size:1.9rem;line-height:1.2}h2{font-size:1.3rem;margin:2.25rem 0 .75rem}h3{font-size:1rem;margin:1.25rem 0 .4rem}
h1,h2,h3,p,li,dt,dd,code{overflow-wrap:anywhere}
p{margin:.25rem 0}code{font:.875em ui-monospace,SFMono-Regular,Menlo,monospace}code,strong,a,th,td{unicode-bidi:isolate}
a{color:var(--link)}a:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.quiet,.kind,.rule{color:var(--quiet)}
.said{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
nav ul{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;list-style:none;margin:.75rem 0 0;padding:0}nav a{display:inline-block;padding:.2rem 0}
h2,.figure{scroll-margin-top:1rem}`;

const CARDS = `
.mark{font-weight:700}.mark.holds{color:var(--holds)}.mark.fails{color:var(--fails)}.mark.unknown{color:var(--unknown)}
article,.verdict,.card{background:var(--card);border:1px solid var(--line);border-radius:8px}
article,.verdict{border-left-width:5px;padding:.75rem 1rem}
.verdict p:first-child{font-size:1.15rem;font-weight:600}
.holds:is(article,.verdict){border-left-color:var(--holds)}.fails:is(article,.verdict),article.risk{border-left-color:var(--fails)}.unknown:is(article,.verdict),article.question{border-left-color:var(--unknown)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:.75rem}
article h3{margin:0 0 .25rem}article h3 .quiet{font-weight:400}.asked::first-letter{text-transform:uppercase}.asked{display:inline-block}
.finding{margin-top:.75rem}.severity{text-transform:uppercase;font-size:.75rem;letter-spacing:.04em;color:var(--quiet)}
.finding p{margin:.35rem 0}.rule{font-size:.875rem}
.mend{background:var(--page);border-radius:6px;padding:.35rem .6rem;margin:.5rem 0}`;

const TABLES = `
.scroll{position:relative;overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}
th,td{padding:.4rem .65rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:middle;white-space:nowrap}
tbody tr:last-child>*{border-bottom:0}th{white-space:normal}thead th{color:var(--quiet);font-weight:600;font-size:.8125rem}tbody th{font-weight:600}
.kind{display:block;font-weight:400;font-size:.8125rem;line-height:1.2}
.figure:is(td,th){text-align:right}.text:is(td,th):not(:first-child){padding-left:1.25rem}
.meter{display:inline-block;vertical-align:middle;width:3.5rem;height:.5rem;background:var(--track);border-radius:3px;overflow:hidden}
.meter span{display:block;height:100%;background:var(--bar)}.meter.high span{background:var(--unknown)}.meter.full span{background:var(--fails)}
td:last-child:has(.fall){width:40%}.fall{display:block;min-width:4.5rem;height:.7rem}.fall span{display:block;height:100%;min-width:2px;max-width:100%;background:var(--bar);border-radius:2px}
.growth{margin:.5rem 0;padding-left:1.4rem}`;

const DRAWINGS = `
.scroll:has(.diagram){padding:.25rem}.diagram{display:block;width:100%;height:auto;margin:0 auto}
.diagram .link{fill:none;stroke:var(--quiet);stroke-width:1.5}.diagram .arrow{fill:var(--quiet)}
.diagram .box{fill:var(--card);stroke:var(--quiet);stroke-width:1.25}.diagram .clients{stroke-dasharray:5 3}.diagram :is(.cache,.database){fill:var(--page);stroke-width:2}
.diagram text{font-size:13px;fill:var(--ink)}.diagram .name{font-weight:600;font-size:14px}.diagram text.quiet{fill:var(--quiet)}
.diagram .track{fill:var(--track)}.diagram .load{fill:var(--bar)}.diagram .load.high{fill:var(--unknown)}.diagram .load.full{fill:var(--fails)}
.chart{margin:.75rem 0}.chart svg{display:block;width:100%;height:auto}.chart.narrow svg{max-width:30rem;margin:0 auto}
.narrow{display:none}`;

const FIGURES = `
dl{margin:0}.figure:is(div){display:grid;grid-template-columns:minmax(0,18rem) minmax(0,1fr);gap:0 1.25rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
dt{font-weight:600}dt code{display:block;font-weight:400;color:var(--quiet)}dd{margin:0}
.figure:target{background:var(--card);outline:2px solid var(--link);outline-offset:4px}`;

const SMALL = `
.wide{display:none}.narrow{display:block}h1{font-size:1.6rem}
th,td{padding:.35rem .4rem}.text:is(td,th):not(:first-child){padding-left:.6rem}article,.verdict{padding:.6rem .75rem}
.figure:is(div){grid-template-columns:minmax(0,1fr)}.fall{min-width:3.5rem}`;

const PAPER = `
body{background:#fff;font-size:11pt}.scroll{overflow:visible}table{font-size:8.5pt}thead th,.kind{font-size:8pt}.meter{width:2.5rem}th,td{padding:.2rem .3rem}
article,.verdict,.card,.chart,.figure,tr{break-inside:avoid}h2,h3{break-after:avoid}nav{display:none}.diagram{min-width:0!important}`;

/** The page's style sheet: colours of AA contrast in light and dark, one column that fits a phone, and paper. */
export const STYLE = `
:root{color-scheme:light dark;${LIGHT_COLOURS}}${PAGE}${CARDS}${TABLES}${DRAWINGS}${FIGURES}
${chartRules(LIGHT)}
@media ${NARROW}{${SMALL}}
@media screen and (prefers-color-scheme:dark){:root{${DARK_COLOURS}}${chartRules(DARK)}}
@media print{:root{color-scheme:light}${PAPER}}
`;
