// Loaded into jsii's Node process by `node --require` (see _fast_loading.py).
//
// 1. The AWS provider's package points `main` at lib/index.js, which requires every one
//    of its 1,500 resources. Beside it lies lib/lazy-index.js: the same names behind
//    getters. Where both are there, the second is taken.
// 2. cdktf requires the zip library `archiver` at start and uses it only for assets of
//    Terraform modules; it is loaded when it is first used.
// 3. The certificates that Node was started without are named again, for its children.
// 4. Of a package that jsii has not seen before, a thread of it writes an index, which spares
//    the later runs reading 120 MB of JSON. A quick app is done before the thread is, and so
//    would be the next one: Node ends when the thread has, in that one run.
//
// Where a package no longer looks like this, nothing changes.
"use strict";
const fs = require("fs");
const Module = require("module");
const path = require("path");

const PROVIDER_INDEX = /[\\/]@cdkt[fn][\\/]provider-aws[\\/](?:.*[\\/])?lib[\\/]index\.js$/;
const ZIPPING = /[\\/]cdktf[\\/](?:.*[\\/])?lib[\\/]private[\\/]fs\.js$/;
const KEPT = "ROLECALL_NODE_EXTRA_CA_CERTS";
const { _load: load, _resolveFilename: resolve } = Module;

if (typeof resolve === "function") {
  Module._resolveFilename = function (...request) {
    const found = resolve.apply(this, request);
    if (typeof found === "string" && PROVIDER_INDEX.test(found)) {
      const lazy = path.join(path.dirname(found), "lazy-index.js");
      if (fs.existsSync(lazy)) return lazy;
    }
    return found;
  };
}

if (typeof load === "function") {
  Module._load = function (request, parent, ...rest) {
    if (request !== "archiver" || !ZIPPING.test(parent?.filename ?? "")) {
      return load.call(this, request, parent, ...rest);
    }
    const real = () => load.call(this, request, parent, ...rest);
    return new Proxy(function () {}, {
      apply: (_target, self, args) => Reflect.apply(real(), self, args),
      construct: (_target, args) => Reflect.construct(real(), args),
      get: (_target, name) => real()[name],
    });
  };
}

if (process.env[KEPT] !== undefined) {
  process.env.NODE_EXTRA_CA_CERTS = process.env[KEPT];
  delete process.env[KEPT];
}

const INDEXING = /[\\/]runtime-index-worker\.js$/;
const LONGEST = 15_000;
const threads = require("worker_threads");
const { Worker } = threads;

if (threads.isMainThread && typeof Worker === "function") {
  const exit = process.exit;
  const indexing = new Set();
  threads.Worker = class extends Worker {
    constructor(file, ...rest) {
      super(file, ...rest);
      if (!INDEXING.test(String(file))) return;
      indexing.add(this);
      this.once("exit", () => indexing.delete(this));
    }
  };
  process.exit = function (...code) {
    if (indexing.size === 0) return exit.apply(this, code);
    const end = () => exit.apply(process, code);
    setTimeout(end, LONGEST);
    for (const thread of indexing) {
      // "exit" of a thread comes after its last write.
      thread.once("exit", () => indexing.size === 0 && end());
    }
  };
}
