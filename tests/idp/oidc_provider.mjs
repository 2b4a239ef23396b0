// A real OpenID Provider (npm oidc-provider) for the tests, over HTTPS on a free loopback port.
//
// Standard input: one line of JSON (see `oidc.py`): issuer, tls {key, cert}, users, clients,
// resources. When it ends, so does this process. Standard output: one line
// {"ready": true, "port": 12345}.
//
// The issuer's URL has no port, as in IAM. oidc-provider makes its URLs of the Host header, so
// whoever connects must name the issuer's own host.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:https';
import { createInterface } from 'node:readline';

import { errors, Provider } from 'oidc-provider';

const lines = createInterface({ input: process.stdin });
lines.once('line', (line) => start(JSON.parse(line)));
lines.once('close', () => process.exit(0));

function jwk(algorithm, type, options) {
  const { privateKey } = generateKeyPairSync(type, options);
  return {
    ...privateKey.export({ format: 'jwk' }),
    alg: algorithm,
    use: 'sig',
    kid: randomBytes(8).toString('hex'),
  };
}

function start({ issuer, tls, users, clients, resources }) {
  const provider = new Provider(issuer, {
    clients,
    cookies: { keys: [randomBytes(32).toString('hex')] },
    jwks: {
      keys: [
        jwk('RS256', 'rsa', { modulusLength: 2048 }),
        jwk('ES256', 'ec', { namedCurve: 'P-256' }),
      ],
    },
    // What the person is, goes into the ID token itself: IAM sees nothing else.
    conformIdTokenClaims: false,
    claims: {
      openid: [
        'sub', 'amr', 'auth_time', 'email', 'groups',
        'https://aws.amazon.com/tags', 'https://aws.amazon.com/source_identity',
      ],
    },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ ...users[sub].claims, sub }),
    }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    ttl: { AccessToken: 600, ClientCredentials: 600, Grant: 600, IdToken: 3600, Interaction: 600, Session: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => [],
        useGrantedResource: () => false,
        getResourceServerInfo: (_, resource) => {
          if (!resources.includes(resource)) throw new errors.InvalidTarget();
          return { scope: '', audience: resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
        },
      },
    },
    renderError: (ctx, out) => { ctx.type = 'text/plain'; ctx.body = JSON.stringify(out); },
  });
  // What went wrong inside stands in the log, not on the pages.
  provider.on('server_error', (_, error) => console.error(error.stack));
  provider.use(pages(provider, users));

  const server = createServer(tls, provider.callback());
  server.listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify({ ready: true, port: server.address().port }));
  });
}

// The two pages of a sign-in: who are you, and may the application know.
function pages(provider, users) {
  return async (ctx, next) => {
    const [, uid] = ctx.path.match(/^\/interaction\/([\w-]+)$/) ?? [];
    if (!uid) return next();
    const { prompt, params, grantId, session } = await provider.interactionDetails(ctx.req, ctx.res);
    if (ctx.method === 'GET') return page(ctx, 200, prompt.name === 'login' ? LOGIN : CONSENT);
    const given = new URLSearchParams(await text(ctx.req));
    if (prompt.name === 'login') {
      const user = Object.hasOwn(users, given.get('login')) ? users[given.get('login')] : undefined;
      if (!user || user.password !== given.get('password')) return page(ctx, 401, LOGIN);
      return finish(provider, ctx, { login: { accountId: given.get('login'), amr: user.amr ?? ['pwd'] } });
    }
    if (given.get('consent') !== 'yes') {
      return finish(provider, ctx, { error: 'access_denied', error_description: 'the user said no' });
    }
    const grant = grantId
      ? await provider.Grant.find(grantId)
      : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    const { missingOIDCScope, missingOIDCClaims } = prompt.details;
    if (missingOIDCScope) grant.addOIDCScope(missingOIDCScope.join(' '));
    if (missingOIDCClaims) grant.addOIDCClaims(missingOIDCClaims);
    return finish(provider, ctx, { consent: { grantId: await grant.save() } });
  };
}

const LOGIN = '<form method="post"><input name="login"><input name="password" type="password"><button>Sign in</button></form>';
const CONSENT = '<form method="post"><input name="consent" value="yes"><button>Continue</button></form>';

function page(ctx, status, form) {
  ctx.status = status;
  ctx.type = 'text/html';
  ctx.body = `<!doctype html><title>Sign in</title>${form}`;
}

async function finish(provider, ctx, result) {
  const url = await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  ctx.status = 303;
  ctx.redirect(url);
}

async function text(request) {
  let all = '';
  for await (const part of request) {
    all += part;
    if (all.length > 10_000) throw new Error('the form is too long');
  }
  return all;
}
