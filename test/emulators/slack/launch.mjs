// Starts emulate's Slack with signed events, which neither its command line nor
// its seed can do:
//
//   SEED=seed.yaml PORT=4003 EVENTS_URL=http://127.0.0.1:3998/slack/events node launch.mjs
//
// Without EVENTS_URL no events are sent. It says "ready" when it listens, and
// ends with its input, so that it never outlives the test that started it.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const dist = resolve(import.meta.dirname, "node_modules/emulate/dist");
const url = process.env.EVENTS_URL;
const port = Number(process.env.PORT ?? 4003);

const file = readdirSync(dist).find(
  (name) => name.startsWith("dist-") && name.endsWith(".js") && readFileSync(join(dist, name), "utf8").includes("files.getUploadURLExternal"),
);
const { slackPlugin } = await import(pathToFileURL(join(dist, file)));
const register = slackPlugin.register;
slackPlugin.register = function (app, store, webhooks, ...rest) {
  if (url) webhooks.register({ url, events: ["*"], active: true, owner: "slack" });
  return register.call(this, app, store, webhooks, ...rest);
};
const { createEmulator } = await import(pathToFileURL(join(dist, "api.js")));
const yaml = createRequire(join(dist, "api.js"))("yaml");
await createEmulator({
  service: "slack",
  port,
  baseUrl: `http://127.0.0.1:${port}`,
  seed: yaml.parse(readFileSync(process.env.SEED, "utf8")),
});
process.stdin.resume().on("end", () => process.exit());
console.log("ready");
