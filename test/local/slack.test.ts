import { createServer, type Server } from "node:http";
import { listen } from "../../local/region/listen";
import { SlackStandIn, WEBHOOK_URL } from "../../local/region/slack";
import { slackPage } from "../../local/region/slack-page";

const slack = new SlackStandIn();
const hooks = createServer((incoming, outgoing) => void slack.webhook(incoming, outgoing));
let [hooksUrl, pageUrl] = ["", ""];

beforeAll(async () => {
  hooksUrl = `http://127.0.0.1:${await listen(hooks, 0, "127.0.0.1")}`;
  pageUrl = `http://127.0.0.1:${await listen(slack.server, 0, "127.0.0.1")}`;
});
afterAll(async () => {
  for (const server of [hooks, slack.server] as Server[]) await new Promise((resolve) => server.close(resolve));
});

async function post(body: string, path = new URL(WEBHOOK_URL).pathname): Promise<[number, string]> {
  const reply = await fetch(hooksUrl + path, { method: "POST", body });
  return [reply.status, await reply.text()];
}

test.each([
  ["not JSON", "hello", undefined, [400, "invalid_payload"]],
  ["no object", '"hello"', undefined, [400, "invalid_payload"]],
  ["no text", '{"attachments":[]}', undefined, [400, "no_text"]],
  ["empty text", '{"text":""}', undefined, [400, "no_text"]],
  ["another address", '{"text":"hello"}', "/elsewhere", [404, "no_service"]],
])("%s is refused in Slack's own words", async (_title, body, path, expected) => {
  expect(await post(body, path)).toEqual(expected);
  expect(slack.messages).toEqual([]);
});

test("a message is kept whole and shown, as a page and as JSON", async () => {
  expect(await post('{"text":"web went from 2 to 3","attachments":[]}')).toEqual([200, "ok"]);
  const message = { text: "web went from 2 to 3", payload: { text: "web went from 2 to 3", attachments: [] } };
  expect(slack.messages).toEqual([{ at: expect.any(String), ...message }]);
  expect(await (await fetch(`${pageUrl}/messages`)).json()).toEqual([{ at: expect.any(String), ...message }]);
  const page = await fetch(pageUrl);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(await page.text()).toContain("<div>web went from 2 to 3</div>");
});

describe("the page", () => {
  const at = "2026-03-04T05:06:07.000Z";
  const show = (text: string, attachments: unknown) => slackPage([{ at, text, payload: { text, attachments } }]);

  test("shows what blocks say, in the attachment's colour", () => {
    const blocks = [
      { type: "section", text: { type: "mrkdwn", text: "*Why* `deploy`" } },
      { type: "section", fields: [{ type: "mrkdwn", text: "one" }] },
      { type: "context", elements: [{ type: "plain_text", text: "two" }] },
    ];
    expect(show("hi", [{ color: "#2eb67d", blocks }])).toContain(
      `<article style="border-color:#2eb67d"><time>${at}</time><div>hi</div><pre><strong>Why</strong> <code>deploy</code></pre><pre>one</pre><pre>two</pre></article>`,
    );
  });

  test("lets no markup of a message through", () => {
    const page = show('<script>alert("1")</script>', [{ color: '"><script>', blocks: [] }]);
    expect(page).toContain("<div>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</div>");
    expect(page).toContain('<article style="border-color:#ddd">');
    expect(show("&lt;b&gt; &amp; <https://a.example/?<b>|<b>link</b>>", [])).not.toContain("<b>");
  });

  test.each([undefined, null, "none", [null], [7], { color: 1 }])("takes %j for attachments", (attachments) => {
    expect(show("hi", attachments)).toContain("<div>hi</div></article>");
  });

  test("shows the newest message first", () => {
    const page = slackPage(["old", "new"].map((text) => ({ at, text, payload: { text } })));
    expect(page.indexOf("<div>new</div>")).toBeLessThan(page.indexOf("<div>old</div>"));
    expect(slackPage([])).toContain("Nothing has been posted yet.");
  });
});
