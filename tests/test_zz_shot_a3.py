import re
from tests.aftersales import *
from tests.aftersales import DE
from tests.chromium import browser
def test_shot(sqlite_world, tmp_path):
    world=sqlite_world
    customer=world.browser("de"); order=bought(world,customer); arrived(world,order)
    case=withdrawn(customer,order=order)
    mere=world.signed_in("mere")
    pages={}
    pages["fresh"]=mere.get(f"/desk/cases/{case}").text
    mere.post(f"/desk/cases/{case}/decision",{"act":"accept","remedy":"refund"})
    mere.post(f"/desk/cases/{case}/proof",{"proof":"x"})
    pages["accepted"]=mere.get(f"/desk/cases/{case}").text
    bad=mere.post(f"/desk/cases/{case}/bearer",{"bearer":"distributor","reimburse":"40","reimburse_to":"distributor","was":""})
    pages["error"]=bad.text
    mere.post(f"/desk/cases/{case}/bearer",{"bearer":"distributor","reimburse":"40","reimburse_to":"exporter","was":""})
    pages["reimb"]=mere.get("/desk/reimbursements").text
    world.clock.now=world.clock.now.replace(month=12,day=20)
    mere=world.signed_in("mere")
    pages["list"]=mere.get("/desk/cases").text
    pages["board"]=mere.get("/console").text
    with browser() as b:
        for w in (1200,390):
            p=b.new_page(viewport={"width":w,"height":900})
            for n,h in pages.items():
                if w==390 and n not in ("list","accepted"): continue
                h=re.sub(r'/static/[0-9a-z]+/','file:///work/main/shop/static/',h)
                f=tmp_path/f"{n}.html"; f.write_text(h)
                p.goto(f"file://{f}")
                p.screenshot(path=f"/tmp/a3_{n}_{w}.png",full_page=True)
                if w==390: print(n, p.evaluate("document.documentElement.scrollWidth"))
