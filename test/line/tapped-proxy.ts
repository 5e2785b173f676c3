/** The proxy of the disasters serves the tests of the line as well. */
export * from '../../scripts/disasters/tapped-proxy.ts';
