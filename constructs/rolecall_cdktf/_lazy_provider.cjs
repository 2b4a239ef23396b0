// Loaded into jsii's Node process by `node --require` (see _fast_loading.py).
//
// The AWS provider's package points `main` at lib/index.js, which requires every one of
// its 1,500 resources. Beside it lies lib/lazy-index.js: the same names behind getters.
// Where both are there, the second is taken; where it is missing, nothing changes.
"use strict";
const fs = require("fs");
const Module = require("module");
const path = require("path");

const EAGER = path.join("@cdktf", "provider-aws", "lib", "index.js");
const EAGER_IN_CACHE = /[\\/]@cdktf[\\/]provider-aws[\\/](?:[^\\/]+[\\/][0-9a-f]{64}[\\/])?lib[\\/]index\.js$/;
const resolve = Module._resolveFilename;

if (typeof resolve === "function") {
  Module._resolveFilename = function (...request) {
    const found = resolve.apply(this, request);
    if (typeof found === "string" && (found.endsWith(path.sep + EAGER) || EAGER_IN_CACHE.test(found))) {
      const lazy = path.join(path.dirname(found), "lazy-index.js");
      if (fs.existsSync(lazy)) return lazy;
    }
    return found;
  };
}
