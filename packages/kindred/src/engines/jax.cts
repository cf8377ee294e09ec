/** `kindred/jax` for `require`: it computes with the jax-js that is required. */
import jax = require("@jax-js/jax");
import engine = require("./jax.ts");
import library = require("./jax/library.ts");

// one library, declared twice
library.useJax(jax as unknown as Parameters<typeof library.useJax>[0]);

export = engine;
