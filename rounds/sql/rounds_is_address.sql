-- Whether a text is empty or an address that a browser can open: http or https, a host, no spaces.
-- Written as a standard body for pg_restore, like rounds_is_plain_text.
CREATE OR REPLACE FUNCTION rounds_is_address(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value = '' OR value ~* '^https?://[^/?#@\n<>\u0022\\\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]+([/?#][^\n<>\u0022\\\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]*)?$';
