/** Where BambooHR is: both forms of its address are in use (recorded 2022 through the gateway, 2026 through the company's host). */
import { badUsage } from '../../core/values/failure.ts';
import { checkAddress } from '../http/environment.ts';

/**
 * `https://{company}.bamboohr.com` -> `…/api`; `https://api.bamboohr.com` -> `…/api/gateway.php/{company}`; versions
 * follow. Any other host (a proxy, this machine) is taken in the first form unless its path says gateway.php.
 * Throws exit 2 for a company that is no subdomain, or an address that a key must not be sent to.
 */
export function apiRootOf(company: string, base: string | undefined): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(company))
    throw badUsage(
      'bamboohr-company',
      'BAMBOOHR_COMPANY is not a BambooHR subdomain',
      'write the first part of your BambooHR address: acme for https://acme.bamboohr.com',
    );
  const text = (base ?? 'https://{company}.bamboohr.com').replaceAll('{company}', company);
  const url = checkAddress('BAMBOOHR_BASE_URL', text);
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v\d+(_\d+)?$/, '');
  const gateway = path.indexOf('/gateway.php');
  if (gateway >= 0) {
    const after = path.slice(gateway + '/gateway.php'.length).replace(/^\//, '');
    return `${url.origin}${path.slice(0, gateway)}/gateway.php/${after === '' ? company : after}`;
  }
  if (url.hostname === 'api.bamboohr.com') return `${url.origin}/api/gateway.php/${company}`;
  return `${url.origin}${path.replace(/\/api$/, '')}/api`;
}
