// What a cold start is compared with: a program that only imports zod and @std/yaml.
import "npm:zod@4.6.7";
import "npm:deno-std@1.3.1/yaml/mod.js";
