from studio.problems import MEDIA_TYPE


def test_a_problem_says_what_is_wrong_and_what_to_do(client):
    answer = client.get("/jobs/nothing")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert answer.json() == {
        "type": "urn:resonance:problem:unknown",
        "title": "Not Found",
        "status": 404,
        "detail": "there is no job 'nothing'",
        "instance": "/jobs/nothing",
        "remedy": "List them: GET /jobs",
    }
    assert client.get("/nowhere").json()["type"] == "urn:resonance:problem:http-404"
    assert client.put("/jobs").headers["Content-Type"] == MEDIA_TYPE


def test_openapi_names_every_error(client):
    described = client.get("/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, endpoint in methods.items():
            errors = {code for code in endpoint["responses"] if code >= "400"}
            needed = {"400", "401", "403", "413", "422", "500", "503"}
            needed |= {"404"} if "{" in path else set()
            assert needed <= errors, (path, method)
            for code in errors:
                content = endpoint["responses"][code]["content"]
                assert content[MEDIA_TYPE]["schema"]["$ref"].endswith("/Problem")
