import perfectionist from "eslint-plugin-perfectionist";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "**/dist/",
      "**/node_modules/",
      "**/*.generated.ts",
      "packages/kindred/src/kernels/assembly/",
      "coverage/",
      "kindred-out/",
    ],
  },
  ...tseslint.configs.recommended,
  {
    plugins: { perfectionist },
    rules: {
      "max-params": ["error", 5],
      // Node's own first, then packages, then files from afar to near; each by name
      "perfectionist/sort-imports": [
        "error",
        {
          type: "natural",
          groups: [
            ["builtin", "type-builtin"],
            ["external", "type-external", "internal", "type-internal"],
            ["parent", "type-parent", "sibling", "type-sibling", "index", "type-index"],
            "unknown",
          ],
          newlinesBetween: 0,
        },
      ],
    },
  },
  {
    // kernels are called with pointers, counts and strides
    files: ["packages/kindred/src/kernels/**"],
    rules: { "max-params": "off" },
  },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeCheckedOnly],
    languageOptions: { parserOptions: { project: ["packages/*/tsconfig.json", "tsconfig.test.json"] } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/explicit-function-return-type": ["error", { allowExpressions: true }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "prefer-const": "error",
      "no-var": "error",
    },
  },
  {
    // what is for require
    files: ["**/*.cts"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["packages/*/test/**/*.ts"],
    rules: { "@typescript-eslint/explicit-function-return-type": "off" },
  },
);
