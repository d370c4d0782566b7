from nafta.models import Entry
def no_test_x(world):
    from django.db import connection
    for e in Entry.objects.all(): print(e.kind, e.key, e.label, repr(e.names), e.keys)
    with connection.cursor() as c:
        c.execute("select * from search_nearest(array['aldr','brume','the','dam'])")
        for r in c.fetchall(): print(r)
    assert 0
