// Asks the engine of `cdk diff` about pairs of templates; JSON in, JSON out.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const load = createRequire(`${process.argv[2]}/`);
const { fullDiff } = load("@aws-cdk/cloudformation-diff");
const found = [];
for (const { old, new: changed } of JSON.parse(readFileSync(0, "utf8"))) {
  const start = process.hrtime.bigint();
  let broadened = null;
  try {
    broadened = fullDiff(old, changed).permissionsBroadened;
  } catch {
    // It gave up; the table says so.
  }
  found.push({ broadened, milliseconds: Number(process.hrtime.bigint() - start) / 1e6 });
}
process.stdout.write(JSON.stringify(found));
