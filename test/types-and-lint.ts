/** What npm run types and npm run lint say, of one program: reading and typing every file is what costs most in both. */
import { resolve } from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';

const PROJECT = resolve(import.meta.dirname, '..');

const program = readProgram();
const format = {
  getCanonicalFileName: (name: string) => name,
  getCurrentDirectory: () => PROJECT,
  getNewLine: () => '\n',
};
const types = ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), format);
const lint = await lintWith(program);
process.stdout.write(JSON.stringify({ types, lint }));

function readProgram(): ts.Program {
  const config = ts.getParsedCommandLineOfConfigFile(resolve(PROJECT, 'tsconfig.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.formatDiagnostic(diagnostic, format));
    },
  });
  if (config === undefined) throw new Error('tsconfig.json does not read');
  const { fileNames: rootNames, options, errors } = config;
  return ts.createProgram({ rootNames, options, configFileParsingDiagnostics: errors });
}

async function lintWith(typed: ts.Program): Promise<string> {
  const eslint = new ESLint({
    cwd: PROJECT,
    overrideConfig: {
      files: ['**/*.ts'],
      languageOptions: { parserOptions: { projectService: false, programs: [typed] } },
    },
  });
  const formatter = await eslint.loadFormatter('stylish');
  return formatter.format(await eslint.lintFiles(['scripts', 'test']));
}
