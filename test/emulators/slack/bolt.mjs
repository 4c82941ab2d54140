// An app made with Slack's own framework, unmodified. The tests of our fake
// Slack run it to see that the fake is one for others, too:
//
//   node bolt.mjs socket    connects by Socket Mode
//   node bolt.mjs http      listens on PORT
//   node bolt.mjs verify    reads requests in JSON, one a line, and says of each
//                           whether its signature is right
//
// It ends with its input, so that it never outlives the test that started it.
// Settings come from the environment: SLACK_API_URL, SLACK_BOT_TOKEN,
// SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, PORT.
import { createInterface } from "node:readline";
import bolt from "@slack/bolt";

const { App, HTTPReceiver, LogLevel, SocketModeReceiver, verifySlackRequest } = bolt;
const env = process.env;
const clientOptions = { slackApiUrl: env.SLACK_API_URL };

const plain = (text) => ({ type: "plain_text", text });

const dialog = (metadata) => ({
  type: "modal",
  callback_id: "subscribe",
  private_metadata: metadata,
  title: plain("Subscribe"),
  submit: plain("Save"),
  blocks: [
    { type: "input", block_id: "when", label: plain("When"), element: { type: "plain_text_input", action_id: "value" } },
    {
      type: "input",
      block_id: "insight",
      optional: true,
      label: plain("Insight"),
      element: { type: "external_select", action_id: "insight", min_query_length: 0, placeholder: plain("Any") },
    },
  ],
});

function listeners(app) {
  app.event("app_mention", async ({ event, say }) => {
    await say({
      thread_ts: event.thread_ts ?? event.ts,
      text: `heard ${event.text}`,
      blocks: [
        { type: "section", text: { type: "mrkdwn", text: `heard ${event.text}` } },
        { type: "actions", elements: [{ type: "button", action_id: "open", value: "v1", text: plain("Subscribe") }] },
      ],
    });
  });
  app.message(async ({ message, say }) => {
    await say(`you said ${message.text}`);
  });
  app.command("/probe", async ({ command, ack, respond }) => {
    await ack("one moment");
    await respond({ text: `ran ${command.text}`, response_type: "in_channel" });
  });
  app.action("open", async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: dialog(body.channel.id) });
  });
  app.options("insight", async ({ ack, options }) => {
    await ack({ options: [{ text: plain(`Revenue ${options.value}`), value: "revenue" }] });
  });
  app.view("subscribe", async ({ ack, view, client }) => {
    const when = view.state.values.when.value.value;
    if (when === "never") {
      await ack({ response_action: "errors", errors: { when: "That is no time." } });
      return;
    }
    await ack();
    const insight = view.state.values.insight.insight.selected_option?.value ?? "nothing";
    await client.chat.postMessage({ channel: view.private_metadata, text: `${insight} ${when}` });
  });
  app.event("app_home_opened", async ({ event, client }) => {
    if (event.tab !== "home") return;
    const blocks = [{ type: "section", text: plain(`Welcome ${event.user}`) }];
    await client.views.publish({ user_id: event.user, view: { type: "home", blocks } });
  });
}

async function serve(receiver, port) {
  const app = new App({ token: env.SLACK_BOT_TOKEN, receiver, clientOptions, logLevel: LogLevel.WARN });
  listeners(app);
  await app.start(port);
  process.stdin.resume().on("end", () => process.exit());
  console.log("ready");
}

async function verify() {
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      verifySlackRequest(JSON.parse(line));
      console.log("accepted");
    } catch {
      console.log("refused");
    }
  }
}

switch (process.argv[2]) {
  case "socket":
    await serve(new SocketModeReceiver({ appToken: env.SLACK_APP_TOKEN, installerOptions: { clientOptions }, logLevel: LogLevel.WARN }));
    break;
  case "http":
    await serve(new HTTPReceiver({ signingSecret: env.SLACK_SIGNING_SECRET, logLevel: LogLevel.WARN }), {
      port: Number(env.PORT),
      host: "127.0.0.1",
    });
    break;
  case "verify":
    await verify();
    break;
  default:
    console.error("usage: node bolt.mjs socket|http|verify");
    process.exitCode = 2;
}
