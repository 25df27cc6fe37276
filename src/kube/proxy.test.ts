import { expect, it } from 'vitest'
import { proxyFor } from './proxy.ts'

const api = 'https://api.shop.example:6443'
const proxy = 'http://proxy.test:3128'

// Each row was asked of Go's httpproxy.FromEnvironment().ProxyFunc() as well.
it.each([
  ['no proxy', api, {}, undefined],
  ['the one for https', api, { HTTPS_PROXY: proxy, HTTP_PROXY: 'http://other' }, proxy],
  ['the one for http', 'http://api.shop.example', { HTTP_PROXY: proxy }, proxy],
  ['not the one for http', api, { HTTP_PROXY: proxy }, undefined],
  ['a lower-case name', api, { https_proxy: proxy }, proxy],
  ['a proxy without a scheme', api, { HTTPS_PROXY: 'proxy.test:3128' }, proxy],
  ['an exempt name', api, { HTTPS_PROXY: proxy, NO_PROXY: 'api.shop.example' }, undefined],
  ['a name below an exempt one', api, { HTTPS_PROXY: proxy, no_proxy: 'shop.example' }, undefined],
  ['a name below a suffix', api, { HTTPS_PROXY: proxy, NO_PROXY: 'x, .shop.example' }, undefined],
  ['a name below a star', api, { HTTPS_PROXY: proxy, NO_PROXY: '*.shop.example' }, undefined],
  [
    'not the suffix itself',
    'https://shop.example',
    { HTTPS_PROXY: proxy, NO_PROXY: '.shop.example' },
    proxy,
  ],
  ['not another with that end', api, { HTTPS_PROXY: proxy, NO_PROXY: 'hop.example' }, proxy],
  ['everything', api, { HTTPS_PROXY: proxy, NO_PROXY: '*' }, undefined],
  ['an exempt port', api, { HTTPS_PROXY: proxy, NO_PROXY: 'shop.example:6443' }, undefined],
  ['not another port', api, { HTTPS_PROXY: proxy, NO_PROXY: 'shop.example:443' }, proxy],
  ['the usual port', 'https://a.test', { HTTPS_PROXY: proxy, NO_PROXY: 'a.test:443' }, undefined],
  [
    'an address in a network',
    'https://10.96.0.1',
    { HTTPS_PROXY: proxy, NO_PROXY: '10.96.0.0/12' },
    undefined,
  ],
  [
    'an address outside of it',
    'https://10.112.0.1',
    { HTTPS_PROXY: proxy, NO_PROXY: '10.96.0.0/12' },
    proxy,
  ],
  [
    'an exempt address',
    'https://10.1.2.3',
    { HTTPS_PROXY: proxy, NO_PROXY: '10.1.2.3' },
    undefined,
  ],
  ['a name in no network', api, { HTTPS_PROXY: proxy, NO_PROXY: '0.0.0.0/0' }, proxy],
  [
    'IPv6 in a network',
    'https://[fd00:1::5]:6443',
    { HTTPS_PROXY: proxy, NO_PROXY: 'fd00:1::/32' },
    undefined,
  ],
  [
    'IPv6 outside of it',
    'https://[fd00:2::5]',
    { HTTPS_PROXY: proxy, NO_PROXY: 'fd00:1::/32' },
    proxy,
  ],
  ['exempt IPv6', 'https://[fd00::5]', { HTTPS_PROXY: proxy, NO_PROXY: 'fd00::5' }, undefined],
  ['this machine', 'https://localhost:6443', { HTTPS_PROXY: proxy }, undefined],
  ['this machine by address', 'https://127.0.0.1:6443', { HTTPS_PROXY: proxy }, undefined],
  ['this machine by IPv6', 'https://[::1]:6443', { HTTPS_PROXY: proxy }, undefined],
])('goes through the proxy that the environment names: %s', (_what, url, variables, expected) => {
  expect(proxyFor(url, variables)).toBe(expected)
})
