def rows(query, arguments):
    return query("select page, count(*) from visits group by page")
