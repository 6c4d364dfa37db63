//! Lists of applications.

use super::*;

async fn names(api: &Api, query: &str) -> (Vec<String>, u64) {
    let page = api
        .get(&format!("{APPLICATIONS}?{query}"))
        .await
        .good("OAuthApplications");
    let names = page["data"].as_array().expect("a list").iter();
    (
        names.map(|one| text(&one["name"]).to_owned()).collect(),
        page["total_count"].as_u64().expect("a number"),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_cut_ordered_and_counted() {
    let api = Api::start().await;
    for name in ["Beta", "alpha", "Gamma", "Alpha"] {
        api.create(name).await;
        api.server.advance(1);
    }
    let listed = async |query: &str| names(&api, query).await;
    let all = |names: &[&str]| (names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), 4);
    assert_eq!(
        listed("").await,
        all(&["Alpha", "Gamma", "alpha", "Beta"]),
        "the newest first"
    );
    assert_eq!(
        listed("order_by=%2Bcreated_at").await,
        all(&["Beta", "alpha", "Gamma", "Alpha"])
    );
    assert_eq!(
        listed("order_by=-created_at").await,
        all(&["Alpha", "Gamma", "alpha", "Beta"])
    );
    assert_eq!(
        listed("order_by=created_at&limit=2&offset=1").await,
        all(&["alpha", "Gamma"])
    );
    assert_eq!(listed("offset=4").await, all(&[]));
    // how upper and lower case stand to each other is the database's own
    let (by_name, _) = listed("order_by=name").await;
    let (backwards, _) = listed("order_by=-name").await;
    assert_eq!(
        by_name.iter().rev().collect::<Vec<_>>(),
        backwards.iter().collect::<Vec<_>>()
    );
    assert_eq!(
        by_name.iter().position(|name| name == "Gamma"),
        by_name.iter().position(|name| name == "Beta").map(|at| at + 1)
    );

    for (bad, param) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=ten", "limit"),
        ("offset=-1", "offset"),
        ("order_by=client_id", "order_by"),
    ] {
        let refused = api.get(&format!("{APPLICATIONS}?{bad}")).await;
        refused.refused_for(param, "form_param_value_invalid");
    }
    for broken in ["limit=1&limit=2", "name_query=%00", "name_query=%zz"] {
        api.get(&format!("{APPLICATIONS}?{broken}"))
            .await
            .refused(400, "invalid_request");
    }
    api.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_searched_by_a_part_of_the_name_or_the_whole_client_id() {
    let api = Api::start().await;
    for name in ["100% Notes", "Notes_2", "NOTES \\ more", "Übung"] {
        api.create(name).await;
        api.server.advance(1);
    }
    let found = async |query: &str| {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let (names, total) = names(&api, &format!("order_by=created_at&name_query={query}")).await;
        assert_eq!(names.len() as u64, total, "what is counted is what is meant");
        names
    };
    assert_eq!(found("notes").await, ["100% Notes", "Notes_2", "NOTES \\ more"]);
    assert_eq!(found("%").await, ["100% Notes"], "a sign means itself");
    assert_eq!(found("_").await, ["Notes_2"]);
    assert_eq!(found("\\").await, ["NOTES \\ more"]);
    assert_eq!(found("Übung").await, ["Übung"]);
    assert_eq!(found("' OR 1=1 --").await, [""; 0]);
    let page = api.get(APPLICATIONS).await.good("OAuthApplications");
    let newest = &page["data"][0];
    assert_eq!(found(text(&newest["client_id"])).await, [text(&newest["name"])]);
    let part = &text(&newest["client_id"])[..12];
    assert_eq!(found(part).await, [""; 0], "a part of a client id is none");
    api.server.stop().await;
}
