// Times the core of @cloud-copilot/iam-simulate on the case that arrives on standard
// input, in the folder where the package was installed (first argument). Policies and
// request are prepared beforehand, as they are for the other side.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";

const folder = process.argv[2];
const scope = path.join(folder, "node_modules", "@cloud-copilot");
const core = path.join(scope, "iam-simulate", "dist", "esm");
const load = (file) => import(pathToFileURL(file).href);

const { authorize } = await load(path.join(core, "core_engine", "CoreSimulatorEngine.js"));
const { AwsRequestImpl } = await load(path.join(core, "request", "request.js"));
const { RequestContextImpl } = await load(path.join(core, "requestContext.js"));
const { DiscoveryContextKeyConstraints } = await load(
  path.join(core, "context_keys", "discoveryContextKeyConstraints.js"),
);
const { loadPolicy } = await load(
  createRequire(path.join(core, "index.js")).resolve("@cloud-copilot/iam-policy"),
);

const given = JSON.parse(readFileSync(0, "utf8"));
const resourcePolicy = loadPolicy(given.trust, { name: "trust" });
const identityPolicies = [loadPolicy(given.identity, { name: "identity" })];

function prepare(context) {
  const request = new AwsRequestImpl(
    given.principal,
    { resource: given.role, accountId: given.roleAccount },
    given.action,
    new RequestContextImpl(context),
  );
  return {
    request,
    sessionPolicy: undefined,
    identityPolicies,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy,
    permissionBoundaries: undefined,
    vpcEndpointPolicies: undefined,
    simulationParameters: {
      simulationMode: "Strict",
      discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
    },
  };
}

const requests = given.contexts.map(prepare);
const verdicts = requests.map((request) => authorize(request).result);

function rate(seconds) {
  let count = 0;
  const start = process.hrtime.bigint();
  const end = start + BigInt(Math.round(seconds * 1e9));
  let now = start;
  while (now < end) {
    for (let i = 0; i < 200; i++) authorize(requests[count++ % requests.length]);
    now = process.hrtime.bigint();
  }
  return count / (Number(now - start) / 1e9);
}

rate(given.seconds); // warm up: the compiler of the engine needs it
const rates = [];
for (let i = 0; i < given.rounds; i++) rates.push(rate(given.seconds));
console.log(JSON.stringify({ verdicts, rates, peakBytes: process.resourceUsage().maxRSS * 1024 }));
