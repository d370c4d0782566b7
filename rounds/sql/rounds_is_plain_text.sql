-- Whether a text holds only characters that may be stored: the rule of rounds/plain_text.py, which a
-- test compares with this function for every character.
-- has_lines: a text of paragraphs, of at most 20,000 characters; otherwise one line, whose length is
-- that of its column.
-- The body is one of the SQL standard (RETURN …), which is resolved when it is created: pg_restore
-- empties the search path, and the constraints that call this must still find it.
CREATE OR REPLACE FUNCTION rounds_is_plain_text(value text, has_lines boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN has_lines THEN char_length(value) <= 20000
    ELSE strpos(value, chr(10)) = 0
END AND (
    -- most texts have none of these, and nothing else is looked at
    value !~ '[\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u115f\u1160\u2028-\u202e\u2060-\u206f\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U0004fffe\U0004ffff\U0005fffe\U0005ffff\U0006fffe\U0006ffff\U0007fffe\U0007ffff\U0008fffe\U0008ffff\U0009fffe\U0009ffff\U000afffe\U000affff\U000bfffe\U000bffff\U000cfffe\U000cffff\U000dfffe\U000dffff\U000efffe-\U0010ffff\u200b-\u200d\u180e\u061c\u200e\u200f\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]'
    OR value !~ '[\u0001-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u115f\u1160\u2028-\u202e\u2060-\u206f\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U0003fffe\U0003ffff\U0004fffe\U0004ffff\U0005fffe\U0005ffff\U0006fffe\U0006ffff\U0007fffe\U0007ffff\U0008fffe\U0008ffff\U0009fffe\U0009ffff\U000afffe\U000affff\U000bfffe\U000bffff\U000cfffe\U000cffff\U000dfffe\U000dffff\U000efffe-\U0010ffff]'
    -- joiners, but in scripts that spell with them and in emoji
    AND value !~ '(?<![\u0590-\u180d\u180f-\u1cff\u2190-\u2bff\u3030\u303d\u3297\u3299\ua8e0-\uabff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe0f\ufe70-\ufefc\U00010800-\U00011fff\U0001e800-\U0001faff\U000e007f])[\u200b-\u200d\u180e]'
    -- marks of direction, but among letters written from right to left
    AND (value !~ '[\u061c\u200e\u200f]' OR value ~ '[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]')
    -- tags, but in the flags of England, Scotland and Wales
    AND regexp_replace(value, '\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f', '', 'g') !~ '[\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]'
);
