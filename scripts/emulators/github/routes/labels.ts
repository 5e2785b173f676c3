/** Labels of the repository and of its issues (GitHub REST, "Labels"). */
import { reads, writes } from '../access.ts';
import { isObject, optionalText, parseList, requiredText } from '../fields.ts';
import { answerPage } from '../paging.ts';
import { recordPullEvent } from '../pull-events.ts';
import { invalid, invalidRequest, notFound } from '../refusals.ts';
import { renderLabel } from '../render/issue.ts';
import { created, noContent, ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import type { Issue, Label } from '../discussion.ts';
import { isPull, nextId, type Repository, type World } from '../world.ts';

const ANY = ['issues', 'pull_requests'];

export const labelRoutes: RepositoryRoute[] = [
  { method: 'GET', template: '/labels', need: reads(...ANY), run: listLabels },
  { method: 'POST', template: '/labels', need: writes(...ANY), run: createLabel },
  { method: 'GET', template: '/labels/{name}', need: reads(...ANY), run: getLabel },
  { method: 'PATCH', template: '/labels/{name}', need: writes(...ANY), run: updateLabel },
  { method: 'DELETE', template: '/labels/{name}', need: writes(...ANY), run: deleteLabel },
  { method: 'GET', template: '/issues/{number}/labels', need: reads(...ANY), run: listIssueLabels },
  { method: 'POST', template: '/issues/{number}/labels', need: writes(...ANY), run: addLabels },
  { method: 'PUT', template: '/issues/{number}/labels', need: writes(...ANY), run: setLabels },
  { method: 'DELETE', template: '/issues/{number}/labels/{name}', need: writes(...ANY), run: removeLabel },
];

/** The label of that name, made when the repository lacks it, as adding one to an issue does. */
export function makeLabel(world: World, repository: Repository, name: string): Label {
  const known = repository.labels.get(name.toLowerCase());
  if (known !== undefined) return known;
  const label: Label = { id: nextId(world), name, color: 'ededed', description: null };
  repository.labels.set(name.toLowerCase(), label);
  return label;
}

async function listLabels(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  return answerPage(exchange, call, [...repository.labels.values()], ({ name }) =>
    renderLabel(exchange, repository, name),
  );
}

function createLabel(exchange: RepositoryExchange) {
  const { repository, body, world } = exchange;
  const name = requiredText(body, 'name');
  const color = optionalText(body, 'color') ?? 'ededed';
  if (repository.labels.has(name.toLowerCase()))
    throw invalid({ resource: 'Label', code: 'already_exists', field: 'name' });
  if (!/^[0-9a-f]{6}$/i.test(color)) throw invalid({ resource: 'Label', code: 'invalid', field: 'color' });
  const label = makeLabel(world, repository, name);
  label.color = color;
  label.description = optionalText(body, 'description') ?? null;
  return created(renderLabel(exchange, repository, name));
}

function demandLabel({ repository, params }: RepositoryExchange): Label {
  const label = repository.labels.get((params['name'] ?? '').toLowerCase());
  if (label === undefined) throw notFound();
  return label;
}

function getLabel(exchange: RepositoryExchange) {
  return ok(renderLabel(exchange, exchange.repository, demandLabel(exchange).name));
}

function updateLabel(exchange: RepositoryExchange) {
  const { repository, body } = exchange;
  const label = demandLabel(exchange);
  const name = optionalText(body, 'new_name') ?? label.name;
  repository.labels.delete(label.name.toLowerCase());
  for (const { labels } of repository.issues.values()) if (labels.delete(label.name)) labels.add(name);
  label.name = name;
  label.color = optionalText(body, 'color') ?? label.color;
  label.description = optionalText(body, 'description') ?? label.description;
  repository.labels.set(name.toLowerCase(), label);
  return ok(renderLabel(exchange, repository, name));
}

function deleteLabel(exchange: RepositoryExchange) {
  const { repository } = exchange;
  const label = demandLabel(exchange);
  repository.labels.delete(label.name.toLowerCase());
  for (const { labels } of repository.issues.values()) labels.delete(label.name);
  return noContent();
}

function demandIssue({ repository, params }: RepositoryExchange): Issue {
  const issue = repository.issues.get(Number(params['number']));
  if (issue === undefined) throw notFound();
  return issue;
}

async function listIssueLabels(exchange: RepositoryExchange) {
  const { repository, call } = exchange;
  return answerPage(exchange, call, [...demandIssue(exchange).labels], (name) =>
    renderLabel(exchange, repository, name),
  );
}

function addLabels(exchange: RepositoryExchange) {
  const issue = demandIssue(exchange);
  for (const name of readNames(exchange)) addLabel(exchange, issue, name);
  return ok(renderAll(exchange, issue));
}

function setLabels(exchange: RepositoryExchange) {
  const issue = demandIssue(exchange);
  const names = readNames(exchange);
  for (const name of issue.labels) if (!names.includes(name)) dropLabel(exchange, issue, name);
  for (const name of names) addLabel(exchange, issue, name);
  return ok(renderAll(exchange, issue));
}

function removeLabel(exchange: RepositoryExchange) {
  const issue = demandIssue(exchange);
  const name = exchange.params['name'] ?? '';
  const held = [...issue.labels].find((each) => each.toLowerCase() === name.toLowerCase());
  if (held === undefined) throw notFound('Label does not exist');
  dropLabel(exchange, issue, held);
  return ok(renderAll(exchange, issue));
}

function addLabel(exchange: RepositoryExchange, issue: Issue, wanted: string): void {
  const { world, repository } = exchange;
  const { name } = makeLabel(world, repository, wanted);
  if (issue.labels.has(name)) return;
  issue.labels.add(name);
  tellPull(exchange, issue, 'labeled', name);
}

function dropLabel(exchange: RepositoryExchange, issue: Issue, name: string): void {
  issue.labels.delete(name);
  tellPull(exchange, issue, 'unlabeled', name);
}

function tellPull(exchange: RepositoryExchange, issue: Issue, action: string, name: string): void {
  const { repository, actor, now } = exchange;
  issue.updatedAt = now;
  if (isPull(issue)) recordPullEvent(exchange, repository, actor, issue, now, action, { label: { name } });
}

/** `{labels: [...]}`, or the bare array that the API takes as well; names, or objects with a name. */
function readNames({ call, body }: RepositoryExchange): string[] {
  const list = parseList(call.rawBody) ?? body['labels'];
  if (!Array.isArray(list)) throw invalidRequest('"labels" wasn\'t supplied.');
  return list.map((entry: unknown) => {
    const name = isObject(entry) ? entry['name'] : entry;
    if (typeof name !== 'string' || name === '')
      throw invalid({ resource: 'Label', code: 'missing_field', field: 'name' });
    return name;
  });
}

function renderAll(exchange: RepositoryExchange, issue: Issue): unknown[] {
  return [...issue.labels].map((name) => renderLabel(exchange, exchange.repository, name));
}
