// Type-aware on purpose, and short on purpose: the one accident that types and prettier do not catch is a
// promise nobody waits for, which in this program is a write that nobody checked.
import tseslint from 'typescript-eslint';

export default tseslint.config({
  files: ['scripts/**/*.ts', 'test/**/*.ts'],
  extends: [tseslint.configs.base],
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/no-misused-promises': 'error',
    '@typescript-eslint/await-thenable': 'error',
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    '@typescript-eslint/no-explicit-any': 'error',
    '@typescript-eslint/only-throw-error': 'error',
  },
});
