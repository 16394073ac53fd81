import { render } from "preact";
import { Page } from "./shell/page.tsx";
import { followLinks } from "./state/address.ts";
import { startClock } from "./state/clock.ts";
import { takeKey } from "./state/key.ts";
import { startLive } from "./state/live.ts";
import { startTheme } from "./state/theme.ts";
import "./style/index.css";

takeKey();
followLinks();
startTheme();
startClock();
startLive();
const page = document.getElementById("page");
if (page) render(<Page />, page);
