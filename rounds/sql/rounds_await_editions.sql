-- Wait for the transactions that are raising the edition, and let later ones wait for this one.
-- What is asked after it sees all that they published, and what they publish later comes after the
-- end of this transaction. Otherwise a name could be changed while the first record that shows it is
-- published, each transaction blind to the other, and readers would go on seeing the old name.
CREATE OR REPLACE FUNCTION rounds_await_editions() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM rounds_edition WHERE id = 1 FOR NO KEY UPDATE;
END
$$;
