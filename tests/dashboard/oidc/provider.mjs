// An identity provider on a free port of loopback, with the people of the tests. It prints its address when it listens.
// CLIENT is JSON with what it must know of the dashboard: client_id, client_secret, redirect_uris, post_logout_redirect_uris.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const people = {
  vera: { email: "vera@example.com", email_verified: true, name: "Vera", realm_access: { roles: ["everyone"] }, roles: ["crm-controllers"] },
  anna: { email: "anna@example.com", email_verified: true, name: "Anna", realm_access: { roles: ["crm-controllers"] } },
  carl: { email: "carl@example.com", email_verified: true, name: "Carl", realm_access: { roles: ["everyone", "crm-controllers"] } },
  mallory: { email: "anna@example.com", email_verified: false, name: "Anna" },
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [JSON.parse(process.env.CLIENT)],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "roles", "realm_access"] },
    conformIdTokenClaims: false, // as others do: claims stand in the ID token
    cookies: { keys: ["only for one test"] },
    features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    findAccount: (_context, sub) =>
      people[sub] && { accountId: sub, claims: () => ({ sub, ...people[sub] }) },
  });
  server.on("request", provider.callback());
  console.log(`listening on ${issuer}`);
});
