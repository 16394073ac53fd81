// A guestbook: an ordinary Node program that knows nothing of Trestle. Whatever it needs comes in its environment.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import pg from "pg";

const database = new pg.Pool({ connectionString: process.env.ENTRIES_URL, max: 5 });
// A connection that breaks while it is idle is replaced by the pool; without a listener it would end the process.
database.on("error", (error) => console.error(`a database connection broke: ${error.message}`));

const server = createServer(async (request, response) => {
  try {
    await answer(request, response);
  } catch (error) {
    console.error(error);
    reply(response, 500, "text/plain", "Something went wrong here; it is in the log.\n");
  }
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://guestbook");
  const route = `${request.method} ${pathname}`;
  if (route === "GET /healthz") {
    await database.query("select 1");
    return reply(response, 200, "text/plain", "ok\n");
  }
  if (route === "GET /") return reply(response, 200, "text/html; charset=utf-8", page(await entries()));
  if (route === "GET /entries")
    return reply(response, 200, "application/json", JSON.stringify(await entries()));
  if (route === "POST /entries") {
    const form = new URLSearchParams(await bodyOf(request));
    const name = (form.get("name") ?? "").trim();
    const message = (form.get("message") ?? "").trim();
    if (name === "" || name.length > 80 || message === "" || message.length > 500) {
      return reply(
        response,
        400,
        "text/plain",
        "A name of 1 to 80 and a message of 1 to 500 characters, please.\n",
      );
    }
    await database.query("insert into entries (name, message) values ($1, $2)", [name, message]);
    response.writeHead(303, { location: "/" }).end();
    return;
  }
  reply(response, 404, "text/plain", "There is GET /, GET /entries and POST /entries.\n");
}

interface Entry {
  readonly name: string;
  readonly message: string;
  readonly written_at: Date;
}

async function entries(): Promise<Entry[]> {
  const { rows } = await database.query<Entry>(
    "select name, message, written_at from entries order by id desc limit 50",
  );
  return rows;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  request.setEncoding("utf8");
  for await (const chunk of request as AsyncIterable<string>) {
    body += chunk;
    if (body.length > 10_000) throw new Error("a request body of more than 10,000 characters");
  }
  return body;
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "content-type": type, "x-replica": String(process.pid) }).end(body);
}

function page(list: readonly Entry[]): string {
  const items = list.map(({ name, message }) => `<li><b>${escaped(name)}</b>: ${escaped(message)}</li>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Guestbook</title>
<style>
  :root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }
  body { max-width: 34rem; margin: 3rem auto; padding: 0 1rem }
  form { display: grid; gap: .75rem }
  input, button { font: inherit; padding: .5rem }
</style>
<h1>Guestbook</h1>
<form method="post" action="/entries">
  <label>Your name <input name="name" maxlength="80" required></label>
  <label>A message <input name="message" maxlength="500" required></label>
  <button>Sign</button>
</form>
<ul>${items.join("") || "<li>Nobody yet. Be the first.</li>"}</ul>
<p><small>Answered by process ${process.pid}: reload, and the other replica answers.</small></p>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

// Asked to end, it answers what it has begun, and goes.
process.once("SIGTERM", () => {
  server.close(() => database.end().then(() => process.exit(0)));
  server.closeIdleConnections();
});

server.listen(Number(process.env.PORT), "127.0.0.1", () =>
  console.log(`listening on port ${process.env.PORT}`),
);
