/** Variables of Actions, of the repository and of its environments (GitHub REST, "Actions variables"). */
import { reads, writes } from '../access.ts';
import { optionalText, requiredText } from '../fields.ts';
import { answerPage } from '../paging.ts';
import { notFound, Refusal } from '../refusals.ts';
import type { VariableRecord } from '../restrictions.ts';
import { created, noContent, ok, type RepositoryExchange, type RepositoryRoute } from '../routing.ts';
import { instant } from '../world.ts';
import { demandEnvironment, ENVIRONMENT } from './environments.ts';
import { demandName } from './secrets.ts';

const VARIABLES = writes('actions_variables', 'variables');

export const variableRoutes: RepositoryRoute[] = [
  {
    method: 'GET',
    template: `${ENVIRONMENT}/variables`,
    need: reads('environments', 'actions_variables'),
    run: listEnvironmentVariables,
  },
  {
    method: 'POST',
    template: `${ENVIRONMENT}/variables`,
    need: writes('environments', 'actions_variables'),
    run: createEnvironmentVariable,
  },
  {
    method: 'PATCH',
    template: `${ENVIRONMENT}/variables/{variable_name}`,
    need: writes('environments', 'actions_variables'),
    run: updateEnvironmentVariable,
  },
  {
    method: 'GET',
    template: '/actions/variables',
    need: { ...VARIABLES, level: 'read' },
    run: listVariables,
  },
  {
    method: 'GET',
    template: '/actions/variables/{variable_name}',
    need: { ...VARIABLES, level: 'read' },
    run: getVariable,
  },
  { method: 'POST', template: '/actions/variables', need: VARIABLES, run: createVariable },
  { method: 'PATCH', template: '/actions/variables/{variable_name}', need: VARIABLES, run: updateVariable },
  { method: 'DELETE', template: '/actions/variables/{variable_name}', need: VARIABLES, run: removeVariable },
];

async function listVariables(exchange: RepositoryExchange) {
  return listVariablesIn(exchange, exchange.repository.variables);
}

async function listEnvironmentVariables(exchange: RepositoryExchange) {
  return listVariablesIn(exchange, demandEnvironment(exchange).variables);
}

async function listVariablesIn(exchange: RepositoryExchange, variables: Map<string, VariableRecord>) {
  return answerPage(
    exchange,
    exchange.call,
    [...variables],
    ([name, variable]) => renderVariable(name, variable),
    (rows, total) => ({ total_count: total, variables: rows }),
  );
}

function getVariable({ repository, params }: RepositoryExchange) {
  const name = (params['variable_name'] ?? '').toUpperCase();
  const variable = repository.variables.get(name);
  if (variable === undefined) throw notFound();
  return ok(renderVariable(name, variable));
}

function createVariable(exchange: RepositoryExchange) {
  return createVariableIn(exchange.repository.variables, exchange);
}

function createEnvironmentVariable(exchange: RepositoryExchange) {
  return createVariableIn(demandEnvironment(exchange).variables, exchange);
}

function createVariableIn(variables: Map<string, VariableRecord>, { body, now }: RepositoryExchange) {
  const name = demandName(requiredText(body, 'name'));
  const value = requiredText(body, 'value');
  if (variables.has(name)) throw new Refusal(409, 'Already exists - Variable already exists');
  variables.set(name, { value, createdAt: now, updatedAt: now });
  return created({});
}

function updateVariable(exchange: RepositoryExchange) {
  return updateVariableIn(exchange.repository.variables, exchange);
}

function updateEnvironmentVariable(exchange: RepositoryExchange) {
  return updateVariableIn(demandEnvironment(exchange).variables, exchange);
}

function updateVariableIn(variables: Map<string, VariableRecord>, { body, params, now }: RepositoryExchange) {
  const variable = variables.get((params['variable_name'] ?? '').toUpperCase());
  if (variable === undefined) throw notFound();
  variable.value = optionalText(body, 'value') ?? variable.value;
  variable.updatedAt = now;
  return noContent();
}

function removeVariable({ repository, params }: RepositoryExchange) {
  if (!repository.variables.delete((params['variable_name'] ?? '').toUpperCase())) throw notFound();
  return noContent();
}

function renderVariable(name: string, { value, createdAt, updatedAt }: VariableRecord) {
  return { name, value, created_at: instant(createdAt), updated_at: instant(updatedAt) };
}
