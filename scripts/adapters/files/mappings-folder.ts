/** mappings/ -> sources to compile. Four are required; a file that nobody would read is a mistake, not a comment. */
import type { MappingSources } from '../../core/mappings/policy.ts';
import { badInput, type Problem } from '../../core/values/failure.ts';
import { nearestName } from '../../core/values/nearest-name.ts';
import type { Source } from '../../core/values/source.ts';
import { fileProblem, readFolder, type TextFile } from './read-folder.ts';
import { emptySource, readYaml } from './yaml-source.ts';

const REQUIRED = ['attributes', 'lifecycle', 'guardrails'] as const;
const OPTIONAL = ['naming', 'devices', 'lookups', 'exceptions', 'notifications', 'examples'] as const;

type Single = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];

/** The mappings of a checkout. Throws exit 2 with every problem of every file. */
export function readMappings(root: string): MappingSources {
  const { files, problems } = readFolder(root, 'mappings');
  return mappingSourcesOf(files, problems);
}

/** The same from texts that came from elsewhere, another commit for instance. */
export function mappingSourcesOf(files: TextFile[], found: Problem[] = []): MappingSources {
  const problems = [...found];
  const singles = new Map<Single, Source>();
  const groups: Source[] = [];
  for (const { path, text } of files) {
    const place = placeOf(path);
    if (place === 'ignored') continue;
    if (typeof place === 'object') {
      problems.push(place);
      continue;
    }
    const read = readYaml(path, text);
    if (!read.ok) problems.push(...read.problems);
    if (place === 'groups') groups.push(read.ok ? read.source : emptySource(path));
    else singles.set(place, read.ok ? read.source : emptySource(path));
  }
  for (const name of REQUIRED)
    if (!singles.has(name))
      problems.push(
        fileProblem(
          `mappings/${name}.yaml`,
          'this file is required and is not there',
          'take it from the template, or let bootstrap propose one',
        ),
      );
  if (groups.length === 0)
    problems.push(
      fileProblem(
        'mappings/groups/departments.yaml',
        'mappings/groups/ needs at least one file',
        'write "groups: []" into it if there are no groups yet',
      ),
    );
  if (problems.length > 0) throw badInput(problems);
  const single = (name: Single): Source => singles.get(name) ?? emptySource(`mappings/${name}.yaml`);
  return {
    attributes: single('attributes'),
    groups,
    lifecycle: single('lifecycle'),
    guardrails: single('guardrails'),
    naming: single('naming'),
    devices: single('devices'),
    lookups: single('lookups'),
    exceptions: single('exceptions'),
    notifications: single('notifications'),
    examples: single('examples'),
  };
}

function placeOf(path: string): Single | 'groups' | 'ignored' | Problem {
  const inside = path.slice('mappings/'.length);
  if (/\.md$/i.test(inside) || /(?:^|\/)\./.test(inside)) return 'ignored';
  if (/^groups\/[^/]+\.yaml$/.test(inside)) return 'groups';
  const known = [...REQUIRED, ...OPTIONAL];
  const name = inside.replace(/\.yaml$/, '');
  if (inside.endsWith('.yaml') && (known as string[]).includes(name)) return name as Single;
  if (inside.endsWith('.yml'))
    return fileProblem(path, 'files here end in .yaml', `rename it to ${path.replace(/yml$/, 'yaml')}`);
  if (inside.startsWith('groups/'))
    return fileProblem(
      path,
      'this is not a file of groups',
      'put *.yaml files directly into mappings/groups/',
    );
  const near = nearestName(name, known);
  return fileProblem(
    path,
    'nobody reads a file of this name',
    near === undefined
      ? `the files here are ${known.map((each) => `${each}.yaml`).join(', ')} and groups/*.yaml`
      : `did you mean mappings/${near}.yaml?`,
  );
}
